;; Answers with overlong UTF-8: a quote in two bytes.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'result':'\c0\a2'}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
