;; Hofstadter's female and male sequences: two functions that call each other. (Compilers of source code would
;; inline them into each other beyond recognition.)
(module
  (func $female (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then
        (i32.sub (local.get $n)
          (call $male (call $female (i32.sub (local.get $n) (i32.const 1))))))
      (else (i32.const 1))))

  (func $male (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then
        (i32.sub (local.get $n)
          (call $female (call $male (i32.sub (local.get $n) (i32.const 1))))))
      (else (i32.const 0))))

  (func (export "run") (param $n i32) (result i32)
    (local $round i32) (local $sum i32)
    (loop $next
      (local.set $sum
        (i32.add
          (i32.mul (local.get $sum) (i32.const 31))
          (call $female (i32.add (i32.and (local.get $round) (i32.const 15)) (i32.const 20)))))
      (local.set $round (i32.add (local.get $round) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $round) (local.get $n))))
    (local.get $sum)))
