;; Answers one byte at a time, with a turn of the event loop between any two.
(data (i32.const 0x200) "\"result\":[1,2,3]}\n")

(func $main (param i32) (local $at i32)
  (call $put (i32.const 0x130) (i32.const 22))
  (call $put_id)
  (call $put_byte (i32.const 0x2c))
  (call $put (i32.const 0x200) (i32.const 18))
  (local.set $at (i32.const 0x1000))
  (loop $next
    (call $write (i32.const 1) (local.get $at) (i32.const 1))
    (call $sleep (i32.const 0))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $at) (global.get $out)))))
