;; Sleeps for 2^64-1 ns, as long as can be said.
(func $main (param i32)
  (memory.fill (i32.const 0x40) (i32.const 0) (i32.const 48))
  (i32.store (i32.const 0x50) (i32.const 1)) ;; the monotonic clock
  (i64.store (i32.const 0x58) (i64.const -1))
  (drop (call $poll_oneoff (i32.const 0x40) (i32.const 0x80) (i32.const 1) (i32.const 8))))
