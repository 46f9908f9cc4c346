;; Answers with an object whose result is only in its __proto__.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'__proto__':{'result':1}}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
