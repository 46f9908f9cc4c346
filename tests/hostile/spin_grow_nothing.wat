;; Grows its memory by no page, and asks how large it is, for ever.
(func $main (param i32)
  (loop $again
    (drop (memory.grow (i32.const 0)))
    (drop (memory.size))
    (br $again)))
