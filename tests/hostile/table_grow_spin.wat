;; Asks for more table for ever, whatever the answer.
(table $t 0 funcref)

(func $main (param i32)
  (loop $again
    (drop (table.grow $t (ref.null func) (i32.const 1)))
    (br $again)))
