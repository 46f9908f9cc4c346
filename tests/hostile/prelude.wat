;; What each hostile guest has besides tests/fixtures/guest.wat: all functions of WASI by their
;; names, and this one.

;; Writes the text from there up to a NUL to stdout, with " for each ' and the request's id for
;; each $.
(func $say (param $at i32) (local $c i32)
  (loop $next
    (local.set $c (i32.load8_u (local.get $at)))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (if (i32.eqz (local.get $c))
      (then (call $flush (i32.const 1)) (return)))
    (if (i32.eq (local.get $c) (i32.const 0x24))
      (then (call $put_id) (br $next)))
    (if (i32.eq (local.get $c) (i32.const 0x27))
      (then (local.set $c (i32.const 0x22))))
    (call $put_byte (local.get $c))
    (br $next)))
