;; Eight loops in one another, the innermost of which goes back to any of them.
(func $main (param i32) (local $n i32)
  (loop $a (loop $b (loop $c (loop $d (loop $e (loop $f (loop $g (loop $h
    (local.set $n (i32.add (i32.mul (local.get $n) (i32.const 5)) (i32.const 3)))
    (br_table $a $b $c $d $e $f $g $h
      (i32.and (i32.shr_u (local.get $n) (i32.const 9)) (i32.const 7))))))))))))
