;; A batch in a batch.
(data (i32.const 0x200) "[[{'jsonrpc':'2.0','id':1,'method':'echo'}]]\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
