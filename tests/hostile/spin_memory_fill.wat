;; Few operators, each of which makes the engine write a quarter of a megabyte.
(func $main (param i32)
  (loop $again
    (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 0x40000))
    (br $again)))
