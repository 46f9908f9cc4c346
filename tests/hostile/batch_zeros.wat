;; A batch of eighty thousand members, none of which is a message.
(func $main (param i32) (local $at i32)
  (i32.store8 (i32.const 0x10000) (i32.const 0x5b))
  (local.set $at (i32.const 0x10001))
  (loop $next
    (i32.store16 (local.get $at) (i32.const 0x2c30)) ;; 0,
    (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 2)))
      (i32.const 0x37101))))
  (i32.store (local.get $at) (i32.const 0x0a5d30)) ;; 0]
  (call $write (i32.const 1) (i32.const 0x10000)
    (i32.sub (local.get $at) (i32.const 0xfffd))))
