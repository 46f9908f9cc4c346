;; Answers a request that nobody made.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':4294967295,'result':1}\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (call $answer (i32.const 0)))
