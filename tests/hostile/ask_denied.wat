;; Asks for a host method that there is, but that it is not granted.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':1,'method':'secret'}\n"
  "{'jsonrpc':'2.0','method':'secret'}\n"
  "[{'jsonrpc':'2.0','id':2,'method':'secret'}]\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (drop (call $read_line (i32.const 0x20000)))
  (drop (call $read_line (i32.const 0x20000)))
  (call $answer (i32.const 0)))
