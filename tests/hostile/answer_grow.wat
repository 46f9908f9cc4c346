;; Answers, then grows its memory until it gets no more, and traps.
(func $main (param i32)
  (call $answer (i32.const 0))
  (loop $again
    (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (unreachable))
