;; Sleeps until the real clock says 2^64-1 ns.
(func $main (param i32)
  (memory.fill (i32.const 0x40) (i32.const 0) (i32.const 48))
  (i64.store (i32.const 0x58) (i64.const -1))
  (i32.store16 (i32.const 0x68) (i32.const 1)) ;; abstime
  (drop (call $poll_oneoff (i32.const 0x40) (i32.const 0x80) (i32.const 1) (i32.const 8))))
