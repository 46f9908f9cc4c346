;; Writes 2 GiB less 1 MiB in one call: 1,024 ciovecs that all name most of its memory.
(func $main (param i32) (local $at i32)
  (memory.fill (i32.const 0) (i32.const 0x20) (i32.const 0x30000))
  (local.set $at (i32.const 0x30000))
  (loop $next
    (i32.store (local.get $at) (i32.const 0))
    (i32.store offset=4 (local.get $at) (i32.const 0x30000))
    (local.set $at (i32.add (local.get $at) (i32.const 8)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 0x32000))))
  (drop (call $fd_write (i32.const 1) (i32.const 0x30000) (i32.const 1024) (i32.const 0x3fffc))))
