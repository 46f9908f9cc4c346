;; Answers with a result and an error at once.
(data (i32.const 0x200)
  "{'jsonrpc':'2.0','id':$,'result':1,'error':{'code':1,'message':'no'}}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
