;; Answers before it has read the request.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':1e9,'result':1}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
