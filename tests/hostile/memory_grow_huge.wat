;; Asks for 2^16, 2^31 and 2^32-1 pages at once, and answers 0 if it was refused each time.
(func $main (param i32)
  (call $answer
    (i32.or
      (i32.xor (memory.grow (i32.const 0x10000)) (i32.const -1))
      (i32.or
        (i32.xor (memory.grow (i32.const 0x80000000)) (i32.const -1))
        (i32.xor (memory.grow (i32.const 0xffffffff)) (i32.const -1))))))
