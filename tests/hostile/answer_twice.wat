;; Answers twice.
(func $main (param i32)
  (call $answer (i32.const 1))
  (call $answer (i32.const 2)))
