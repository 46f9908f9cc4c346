;; Closes every descriptor that there could be, most of them twice, and returns.
(func $main (param i32) (local $fd i32)
  (local.set $fd (i32.const -5))
  (loop $next
    (drop (call $fd_close (local.get $fd)))
    (drop (call $fd_close (local.get $fd)))
    (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
    (br_if $next (i32.lt_s (local.get $fd) (i32.const 1000)))))
