;; Recurses without end and calls the host at each depth, which then runs out of stack in the host's code.
(func $main (param i32) (drop (call $deeper (i32.const 1))))

(func $deeper (param $depth i32) (result i32)
  (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 8)))
  (drop (call $random_get (i32.const 0x40) (i32.const 8)))
  (i32.add (call $deeper (i32.add (local.get $depth) (i32.const 1))) (local.get $depth)))
