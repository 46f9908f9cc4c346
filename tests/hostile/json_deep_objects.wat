;; Answers with a hundred thousand objects in one another, each the member a of the next.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'result':")
(data (i32.const 0x240) "}\n")
(data (i32.const 0x250) "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (call $repeat (i32.const 0x250) (i32.const 40))
  (call $put_byte (i32.const 0x31))
  (call $flush (i32.const 1))
  (memory.fill (i32.const 0x20000) (i32.const 0x7d) (i32.const 100000))
  (call $write (i32.const 1) (i32.const 0x20000) (i32.const 100000))
  (call $say (i32.const 0x240)))

(func $repeat (param $text i32) (param $length i32) (local $left i32)
  (local.set $left (i32.const 12500))
  (loop $next
    (call $write (i32.const 1) (local.get $text) (local.get $length))
    (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
