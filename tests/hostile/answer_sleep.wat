;; Answers, then sleeps for a thousand seconds.
(func $main (param i32)
  (call $answer (i32.const 0))
  (call $sleep (i32.const 6)))
