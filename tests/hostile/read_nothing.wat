;; Reads 0 bytes from a stdin that has none, which must not wait; answers with the errno.
(func $main (param i32)
  (i32.store (i32.const 0) (i32.const 0x20000))
  (i32.store (i32.const 4) (i32.const 0))
  (call $answer
    (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))))
