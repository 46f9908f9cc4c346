;; Grows page by page until it gets no more, and answers with how many pages it has.
(func $main (param i32)
  (loop $again
    (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (call $answer (memory.size)))
