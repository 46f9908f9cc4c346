;; Asks for methods whose names are no texts, but look like some to who is not careful.
(data (i32.const 0x200)
  "{'jsonrpc':'2.0','id':1,'method':['a','b','c','d','e','f','g','h']}\n"
  "{'jsonrpc':'2.0','id':2,'method':{'length':99}}\n"
  "{'jsonrpc':'2.0','id':3,'method':{'length':99,'startsWith':1}}\n"
  "{'jsonrpc':'2.0','id':4,'method':['echo']}\n"
  "{'jsonrpc':'2.0','id':5,'method':['toString']}\n"
  "{'jsonrpc':'2.0','id':6,'method':''}\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (call $sleep (i32.const 0))
  (call $answer (i32.const 0)))
