;; Waits for a host method that never answers.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':1,'method':'never'}\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (drop (call $read_line (i32.const 0x20000))))
