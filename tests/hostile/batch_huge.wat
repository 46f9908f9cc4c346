;; A batch of five thousand requests.
(data (i32.const 0x200) "[{'jsonrpc':'2.0','id':0,'method':'echo'}")
(data (i32.const 0x240) ",{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}")
(data (i32.const 0x280) "]\n")

(func $main (param i32) (local $left i32)
  (call $say (i32.const 0x200))
  (local.set $left (i32.const 4999))
  (loop $next
    (call $write (i32.const 1) (i32.const 0x240) (i32.const 41))
    (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (call $say (i32.const 0x280))
  (drop (call $read_line (i32.const 0x20000)))
  (call $answer (i32.const 0)))
