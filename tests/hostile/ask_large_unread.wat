;; Asks for large answers, as many as may be in flight, and reads none of them.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':1,'method':'big'}\n")

(func $main (param i32) (local $left i32)
  (local.set $left (i32.const 64))
  (loop $again
    (call $say (i32.const 0x200))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (call $sleep (i32.const 1))
  (call $answer (i32.const 0)))
