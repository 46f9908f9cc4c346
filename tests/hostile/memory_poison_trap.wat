;; As memory_poison, but it traps in place of the answer unless it finds zeros, and afterwards in any case.
(func $main (param i32) (local $at i32)
  (local.set $at (i32.const 0x20000))
  (loop $next
    (if (i32.load8_u (local.get $at)) (then (call $answer (local.get $at))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 0x40000))))
  (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 0x40000))
  (unreachable))
