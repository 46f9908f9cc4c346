;; Opens a hundred thousand arrays and closes none.
(func $main (param i32)
  (memory.fill (i32.const 0x20000) (i32.const 0x5b) (i32.const 100000))
  (i32.store8 (i32.const 0x386a0) (i32.const 0x0a))
  (call $write (i32.const 1) (i32.const 0x20000) (i32.const 100001)))
