;; Asks for more iovecs than there may be; answers 0 if that is EINVAL each time.
(func $main (param i32)
  (call $answer
    (i32.or
      (i32.xor (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1025) (i32.const 8))
        (i32.const 28))
      (i32.or
        (i32.xor (call $fd_write (i32.const 2) (i32.const 0) (i32.const -1) (i32.const 8))
          (i32.const 28))
        (i32.xor (call $fd_read (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 8))
          (i32.const 28))))))
