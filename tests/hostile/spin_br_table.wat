;; Loops by a branch table, whose every entry leads back.
(func $main (param i32) (local $n i32)
  (loop $outer
    (loop $inner
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_table $inner $outer $inner $outer (i32.and (local.get $n) (i32.const 3))))))
