;; Few operators, each of which makes the engine move a quarter of a megabyte by one byte.
(func $main (param i32)
  (loop $again
    (memory.copy (i32.const 1) (i32.const 0) (i32.const 0x3ffff))
    (memory.copy (i32.const 0) (i32.const 1) (i32.const 0x3ffff))
    (br $again)))
