;; Logs the same 192 KiB in 1,024 ciovecs, and answers.
(func $main (param i32) (local $at i32)
  (local.set $at (i32.const 0x30000))
  (loop $next
    (i32.store offset=4 (local.get $at) (i32.const 0x30000))
    (local.set $at (i32.add (local.get $at) (i32.const 8)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 0x32000))))
  (call $answer
    (call $fd_write (i32.const 2) (i32.const 0x30000) (i32.const 1024) (i32.const 0x3fffc))))
