;; Answers with half of a surrogate pair, which JSON can say and UTF-8 cannot.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'result':'\\ud800'}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
