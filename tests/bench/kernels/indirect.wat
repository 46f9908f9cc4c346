;; call_indirect of small functions, chosen by what the last one answered.
(module
  (type $op (func (param i32 i32) (result i32)))
  (table funcref (elem $add $xor $rotate $multiply $min $shift $select $double))

  (func $add (type $op) (i32.add (local.get 0) (local.get 1)))
  (func $xor (type $op) (i32.xor (local.get 0) (local.get 1)))
  (func $rotate (type $op) (i32.rotl (local.get 0) (local.get 1)))
  (func $multiply (type $op) (i32.mul (local.get 0) (i32.or (local.get 1) (i32.const 1))))
  (func $min (type $op)
    (if (result i32) (i32.lt_u (local.get 0) (local.get 1))
      (then (i32.add (local.get 0) (i32.const 12345)))
      (else (local.get 1))))
  (func $shift (type $op)
    (i32.xor (local.get 0) (i32.shr_u (local.get 0) (i32.and (local.get 1) (i32.const 15)))))
  (func $select (type $op)
    (select (local.get 0) (local.get 1) (i32.and (local.get 0) (i32.const 64))))
  ;; Calls on, so that not every callee is a leaf.
  (func $double (type $op)
    (call_indirect (type $op)
      (call $add (local.get 0) (local.get 1)) (local.get 1)
      (i32.and (local.get 1) (i32.const 3))))

  (func (export "run") (param $n i32) (result i32)
    (local $i i32) (local $value i32) (local $sum i32)
    (local.set $i (i32.mul (local.get $n) (i32.const 4096)))
    (loop $next
      (local.set $value
        (call_indirect (type $op)
          (local.get $value) (local.get $i)
          (i32.and (i32.xor (local.get $i) (i32.shr_u (local.get $value) (i32.const 3))) (i32.const 7))))
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (local.get $value)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (local.get $sum)))
