;; Asks for more memory for ever, whatever the answer.
(func $main (param i32)
  (loop $again
    (drop (memory.grow (i32.const 1)))
    (br $again)))
