;; A register machine: 8 registers in memory, 4-byte instructions (opcode, a, b, c), dispatched by br_table.
(module
  (memory (export "memory") 1)
  ;; Registers at 0. The program at 64: sums (x ^ y) * 3 over x = r1 … 1, y = 40 … 1.
  (data (i32.const 64)
    "\00\02\28\00" ;;  0: r2 = 40
    "\01\03\01\02" ;;  1: r3 = r1 ^ r2
    "\00\04\03\00" ;;  2: r4 = 3
    "\02\03\03\04" ;;  3: r3 = r3 * r4
    "\03\00\00\03" ;;  4: r0 = r0 + r3
    "\00\04\01\00" ;;  5: r4 = 1
    "\04\02\02\04" ;;  6: r2 = r2 - r4
    "\05\02\01\00" ;;  7: if r2 goto 1
    "\04\01\01\04" ;;  8: r1 = r1 - r4
    "\06\05\00\04" ;;  9: r5 = r0 < r4
    "\07\06\00\04" ;; 10: r6 = r0 >>> (r4 & 31)
    "\05\01\00\00" ;; 11: if r1 goto 0
    "\08\00\00\00" ;; 12: stop
  )

  (func $get (param $register i32) (result i32)
    (i32.load (i32.shl (local.get $register) (i32.const 2))))
  (func $set (param $register i32) (param $value i32)
    (i32.store (i32.shl (local.get $register) (i32.const 2)) (local.get $value)))

  (func (export "run") (param $n i32) (result i32)
    (local $pc i32) (local $op i32) (local $a i32) (local $b i32) (local $c i32)
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 32))
    (call $set (i32.const 1) (local.get $n))
    (local.set $pc (i32.const 64))
    (loop $next
      (local.set $op (i32.load8_u (local.get $pc)))
      (local.set $a (i32.load8_u offset=1 (local.get $pc)))
      (local.set $b (i32.load8_u offset=2 (local.get $pc)))
      (local.set $c (i32.load8_u offset=3 (local.get $pc)))
      (local.set $pc (i32.add (local.get $pc) (i32.const 4)))
      (block $stop (block $shift (block $less (block $jump (block $sub (block $add (block $mul (block $xor (block $set
        (br_table $set $xor $mul $add $sub $jump $less $shift $stop (local.get $op)))
        ;; set
        (call $set (local.get $a) (local.get $b))
        (br $next))
        ;; xor
        (call $set (local.get $a)
          (i32.xor (call $get (local.get $b)) (call $get (local.get $c))))
        (br $next))
        ;; mul
        (call $set (local.get $a)
          (i32.mul (call $get (local.get $b)) (call $get (local.get $c))))
        (br $next))
        ;; add
        (call $set (local.get $a)
          (i32.add (call $get (local.get $b)) (call $get (local.get $c))))
        (br $next))
        ;; sub
        (call $set (local.get $a)
          (i32.sub (call $get (local.get $b)) (call $get (local.get $c))))
        (br $next))
        ;; jump
        (br_if $next (i32.eqz (call $get (local.get $a))))
        (local.set $pc (i32.add (i32.const 64) (i32.shl (local.get $b) (i32.const 2))))
        (br $next))
        ;; less
        (call $set (local.get $a)
          (i32.lt_s (call $get (local.get $b)) (call $get (local.get $c))))
        (br $next))
        ;; shift
        (call $set (local.get $a)
          (i32.shr_u (call $get (local.get $b)) (call $get (local.get $c))))
        (br $next)))
    (call $get (i32.const 0))))
