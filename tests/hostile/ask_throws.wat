;; Asks for host methods that fail, at once and later, and logs what it learns of it.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':1,'method':'throws'}\n")
(data (i32.const 0x240) "{'jsonrpc':'2.0','id':2,'method':'rejects'}\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (drop (call $read_line (i32.const 0x20000)))
  (call $log_line (i32.const 0x20000))
  (call $say (i32.const 0x240))
  (drop (call $read_line (i32.const 0x20000)))
  (call $log_line (i32.const 0x20000))
  (call $answer (i32.const 0)))
