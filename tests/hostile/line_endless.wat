;; Writes a line without end.
(func $main (param i32)
  (memory.fill (i32.const 0x30000) (i32.const 0x20) (i32.const 0x10000))
  (loop $again
    (call $write (i32.const 1) (i32.const 0x30000) (i32.const 0x10000))
    (br $again)))
