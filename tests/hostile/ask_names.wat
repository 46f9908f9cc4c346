;; Notifies eighty methods that it may not, each by a name of its own, which is long.
(data (i32.const 0x200) "{\"jsonrpc\":\"2.0\",\"method\":\"")
(data (i32.const 0x240) "\"}\n")

(func $main (param i32) (local $n i32)
  (memory.fill (i32.const 0x30000) (i32.const 0x78) (i32.const 60000))
  (loop $next
    (i32.store8 (i32.const 0x30000) (i32.add (i32.const 0x61) (i32.div_u (local.get $n) (i32.const 26))))
    (i32.store8 (i32.const 0x30001) (i32.add (i32.const 0x61) (i32.rem_u (local.get $n) (i32.const 26))))
    (call $write (i32.const 1) (i32.const 0x200) (i32.const 27))
    (call $write (i32.const 1) (i32.const 0x30000) (i32.const 60000))
    (call $write (i32.const 1) (i32.const 0x240) (i32.const 3))
    (call $sleep (i32.const 0))
    (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 80))))
  (call $answer (i32.const 0)))
