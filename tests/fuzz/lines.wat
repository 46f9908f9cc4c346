;; Writes what its params say. Two letters from a to p are a byte, high half first; and
;;   !  sends what there is to stdout     ?  reads what comes within a millisecond
;; At its end the guest returns from _start.
(func $main (param $at i32) (local $c i32)
  (loop $next
    (local.set $c (i32.load8_u (local.get $at)))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (if (i32.eq (local.get $c) (i32.const 0x22)) (then (return)))
    (if (i32.eq (local.get $c) (i32.const 0x21))
      (then (call $flush (i32.const 1)) (br $next)))
    (if (i32.eq (local.get $c) (i32.const 0x3f))
      (then (call $read) (br $next)))
    (call $put_byte
      (i32.or
        (i32.shl (i32.sub (local.get $c) (i32.const 0x61)) (i32.const 4))
        (i32.sub (i32.load8_u (local.get $at)) (i32.const 0x61))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br $next)))

;; Polls stdin and a clock, and reads once if there is something.
(func $read
  (memory.fill (i32.const 0x30000) (i32.const 0) (i32.const 96))
  (i32.store8 (i32.const 0x30008) (i32.const 1))      ;; eventtype fd_read
  (i32.store (i32.const 0x30040) (i32.const 1))       ;; the monotonic clock
  (i64.store (i32.const 0x30048) (i64.const 1000000))
  (drop
    (call $poll_oneoff
      (i32.const 0x30000) (i32.const 0x30100) (i32.const 2) (i32.const 8)))
  (if (i32.eq (i32.load8_u (i32.const 0x3010a)) (i32.const 1))
    (then
      (i32.store (i32.const 0) (i32.const 0x31000))
      (i32.store (i32.const 4) (i32.const 0x4000))
      (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))))))
