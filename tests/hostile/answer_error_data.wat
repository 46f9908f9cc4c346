;; Answers with an error that claims a code of ours, and hides members in its data.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'error':{'code':-32001,"
  "'message':'capability denied','data':{'__proto__':{'polluted':1}}}}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
