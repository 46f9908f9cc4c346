;; Logs what is no UTF-8, a NUL and an escape sequence, one byte at a time.
(data (i32.const 0x200) "\ff\c3\00\1b[31m\n")

(func $main (param i32) (local $at i32)
  (local.set $at (i32.const 0x200))
  (loop $next
    (call $write (i32.const 2) (local.get $at) (i32.const 1))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 0x209))))
  (call $answer (i32.const 0)))
