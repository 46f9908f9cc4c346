;; Grows a table by a thousand entries at a time until it gets no more, and answers with its size in thousands.
(table $t 0 funcref)

(func $main (param i32)
  (loop $again
    (br_if $again
      (i32.ne (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1))))
  (call $answer (i32.div_u (table.size $t) (i32.const 1000))))
