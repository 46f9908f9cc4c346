;; Polls nothing, and answers with the errno.
(func $main (param i32)
  (call $answer
    (call $poll_oneoff (i32.const 0x40) (i32.const 0x80) (i32.const 0) (i32.const 8))))
