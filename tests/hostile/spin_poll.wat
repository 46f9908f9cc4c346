;; Sleeps for no time at all, for ever.
(func $main (param i32)
  (memory.fill (i32.const 0x40) (i32.const 0) (i32.const 48))
  (loop $again
    (drop
      (call $poll_oneoff (i32.const 0x40) (i32.const 0x80) (i32.const 1) (i32.const 8)))
    (br $again)))
