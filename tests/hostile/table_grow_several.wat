;; Grows four tables in turn until none gets more, and answers with their size in thousands together.
(table $a 0 funcref)
(table $b 0 funcref)
(table $c 0 funcref)
(table $d 0 funcref)

(func $main (param i32)
  (loop $again
    (br_if $again
      (i32.ne
        (i32.and
          (i32.and
            (table.grow $a (ref.null func) (i32.const 1000))
            (table.grow $b (ref.null func) (i32.const 1000)))
          (i32.and
            (table.grow $c (ref.null func) (i32.const 1000))
            (table.grow $d (ref.null func) (i32.const 1000))))
        (i32.const -1))))
  (call $answer
    (i32.div_u
      (i32.add
        (i32.add (table.size $a) (table.size $b))
        (i32.add (table.size $c) (table.size $d)))
      (i32.const 1000))))
