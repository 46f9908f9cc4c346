;; Answers with members that are no ordinary ones in JavaScript.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'__proto__':{'polluted':1},'result':"
  "{'__proto__':{'polluted':1},'constructor':{'prototype':{'polluted':1}}}}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
