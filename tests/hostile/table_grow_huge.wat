;; Asks for 2^24, 2^31 and 2^32-1 entries at once, and answers 0 if it was refused each time.
(table $t 0 funcref)

(func $main (param i32)
  (call $answer
    (i32.or
      (i32.xor (table.grow $t (ref.null func) (i32.const 0x1000000)) (i32.const -1))
      (i32.or
        (i32.xor (table.grow $t (ref.null func) (i32.const 0x80000000)) (i32.const -1))
        (i32.xor (table.grow $t (ref.null func) (i32.const 0xffffffff)) (i32.const -1))))))
