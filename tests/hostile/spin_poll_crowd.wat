;; Polls 1,024 subscriptions of streams that are always ready, for ever.
(func $main (param i32) (local $at i32)
  (loop $next
    (i32.store8 offset=8 (local.get $at) (i32.const 2)) ;; eventtype fd_write
    (i32.store offset=16 (local.get $at) (i32.const 2))
    (local.set $at (i32.add (local.get $at) (i32.const 48)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 0xc000))))
  (loop $again
    (drop
      (call $poll_oneoff (i32.const 0) (i32.const 0x10000) (i32.const 1024) (i32.const 0x30000)))
    (br $again)))
