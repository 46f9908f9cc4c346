;; Recurses and logs a line and asks a host method at each depth: lines are read on what stack is left.
(data (i32.const 0x200) "{'jsonrpc':'2.0','method':'echo'}\n")
(data (i32.const 0x240) "deeper\n")

(func $main (param i32) (drop (call $deeper (i32.const 1))))

(func $deeper (param $depth i32) (result i32)
  (call $write (i32.const 2) (i32.const 0x240) (i32.const 7))
  (call $say (i32.const 0x200))
  (i32.add (call $deeper (i32.add (local.get $depth) (i32.const 1))) (local.get $depth)))
