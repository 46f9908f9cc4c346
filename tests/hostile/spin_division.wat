;; Loops over the slowest arithmetic that there is.
(func $main (param i32) (local $n i64) (local $x f64)
  (local.set $x (f64.const 2))
  (loop $again
    (local.set $n
      (i64.div_s (i64.const 0x7fffffffffffffff)
        (i64.add (i64.rem_u (local.get $n) (i64.const 7)) (i64.const 3))))
    (local.set $x (f64.div (f64.sqrt (local.get $x)) (f64.const 1e-310)))
    (br $again)))
