;; Reads the first byte of its request only, and exits.
(func $main (param i32)
  (i32.store (i32.const 0) (i32.const 0x20000))
  (i32.store (i32.const 4) (i32.const 1))
  (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
  (call $proc_exit (i32.const 0)))
