;; The same with a table of externref.
(table $t 0 externref)

(func $main (param i32)
  (loop $again
    (br_if $again
      (i32.ne (table.grow $t (ref.null extern) (i32.const 1000)) (i32.const -1))))
  (call $answer (i32.div_u (table.size $t) (i32.const 1000))))
