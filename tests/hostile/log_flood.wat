;; Logs 128 KiB at a time without end.
(func $main (param i32)
  (memory.fill (i32.const 0x20000) (i32.const 0x78) (i32.const 0x20000))
  (loop $again
    (call $write (i32.const 2) (i32.const 0x20000) (i32.const 0x20000))
    (br $again)))
