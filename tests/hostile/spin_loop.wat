;; Loops, and does nothing else.
(func $main (param i32)
  (loop $again (br $again)))
