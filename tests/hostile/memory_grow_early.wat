;; Grows until it gets no more before it has read its request, and aborts.
(func $main (param i32)
  (loop $again
    (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (unreachable))
