;; Asks for host methods by the names of what every object has.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':1,'method':'__proto__'}\n"
  "{'jsonrpc':'2.0','id':2,'method':'constructor'}\n"
  "{'jsonrpc':'2.0','id':3,'method':'toString','__proto__':{'method':'echo'}}\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (drop (call $read_line (i32.const 0x20000)))
  (drop (call $read_line (i32.const 0x20000)))
  (drop (call $read_line (i32.const 0x20000)))
  (call $answer (i32.const 0)))
