;; Answers twice in one batch.
(data (i32.const 0x200) "[{'jsonrpc':'2.0','id':$,'result':1},{'jsonrpc':'2.0','id':$,'result':2}]\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
