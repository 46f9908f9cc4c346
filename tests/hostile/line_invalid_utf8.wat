;; Answers with a string that is not UTF-8.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'result':'\ed\a0\80'}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
