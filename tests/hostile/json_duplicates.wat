;; Answers with two ids and two results; the last one counts, as in JSON.parse.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':77,'id':$,'result':1,'result':2}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
