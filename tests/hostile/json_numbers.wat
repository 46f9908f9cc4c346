;; Answers with numbers that no double can hold.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'result':[1e400,-1e400,1e-400,-0,"
  "12345678901234567890123]}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
