;; Answers how many bytes are not zero where nobody has written, then fills its memory with 0xff.
(func $main (param i32) (local $at i32) (local $found i32)
  (local.set $at (i32.const 0x20000))
  (loop $next
    (local.set $found
      (i32.add (local.get $found) (i32.ne (i32.load8_u (local.get $at)) (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 0x40000))))
  (call $answer (local.get $found))
  (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 0x40000)))
