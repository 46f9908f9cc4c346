;; Iovecs that are each in the memory, but 2 GiB and more together: answers with the errno.
(func $main (param i32) (local $at i32)
  (drop (memory.grow (i32.const 40)))
  (local.set $at (i32.const 0x30000))
  (loop $next
    (i32.store offset=4 (local.get $at) (i32.const 0x2a0000))
    (local.set $at (i32.add (local.get $at) (i32.const 8)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 0x32000))))
  (call $answer
    (call $fd_write (i32.const 2) (i32.const 0x30000) (i32.const 1024) (i32.const 8))))
