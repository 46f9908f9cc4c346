;; Polls a stdin to which nothing comes, alone.
(func $main (param i32)
  (memory.fill (i32.const 0x40) (i32.const 0) (i32.const 48))
  (i32.store8 (i32.const 0x48) (i32.const 1)) ;; eventtype fd_read
  (drop (call $poll_oneoff (i32.const 0x40) (i32.const 0x80) (i32.const 1) (i32.const 8))))
