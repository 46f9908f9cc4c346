;; Answers with a hundred thousand arrays in one another.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':$,'result':")
(data (i32.const 0x240) "}\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (memory.fill (i32.const 0x20000) (i32.const 0x5b) (i32.const 100000))
  (call $write (i32.const 1) (i32.const 0x20000) (i32.const 100000))
  (memory.fill (i32.const 0x20000) (i32.const 0x5d) (i32.const 100000))
  (call $write (i32.const 1) (i32.const 0x20000) (i32.const 100000))
  (call $say (i32.const 0x240)))
