;; A request and the answer in one batch.
(data (i32.const 0x200)
  "[{'jsonrpc':'2.0','id':$,'method':'echo'},{'jsonrpc':'2.0','id':$,'result':0}]\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
