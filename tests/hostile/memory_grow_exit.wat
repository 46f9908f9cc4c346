;; Grows until it gets no more, and exits with 1.
(func $main (param i32)
  (loop $again
    (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (call $proc_exit (i32.const 1)))
