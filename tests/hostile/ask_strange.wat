;; Requests that are none: no method's name, no version, ids of other types. The last one is good.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':1,'method':7}\n"
  "{'jsonrpc':'1.0','id':2,'method':'echo'}\n"
  "{'id':3,'method':'echo'}\n"
  "{'jsonrpc':'2.0','id':{},'method':'echo'}\n"
  "{'jsonrpc':'2.0','id':[1],'method':'echo'}\n"
  "{'jsonrpc':'2.0','id':true,'method':'echo'}\n"
  "{'jsonrpc':'2.0','id':1,'method':null}\n"
  "{'jsonrpc':'2.0','id':1,'method':'echo','params':5}\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (call $sleep (i32.const 0))
  (call $answer (i32.const 0)))
