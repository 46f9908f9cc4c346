;; Polls with its events over its subscriptions: an event changes what the next subscription is.
(func $main (param i32) (local $at i32)
  (local.set $at (i32.const 0x20000))
  (loop $next
    (i64.store (local.get $at) (i64.const -1))
    (i32.store8 offset=8 (local.get $at) (i32.const 2)) ;; eventtype fd_write
    (i32.store offset=16 (local.get $at) (i32.const 2))
    (local.set $at (i32.add (local.get $at) (i32.const 48)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 0x2c000))))
  (drop
    (call $poll_oneoff
      (i32.const 0x20000) (i32.const 0x20028) (i32.const 1000) (i32.const 0x3fffc)))
  (call $answer (i32.const 0)))
