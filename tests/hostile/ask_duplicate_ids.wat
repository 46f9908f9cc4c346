;; Asks twice with one id, which is the id of the host's own request, and reads both answers.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'method':'echo','params':1}\n"
  "{'jsonrpc':'2.0','id':$,'method':'echo','params':2}\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (drop (call $read_line (i32.const 0x20000)))
  (drop (call $read_line (i32.const 0x20000)))
  (call $answer (i32.const 0)))
