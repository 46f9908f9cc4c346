;; Has all its memory filled with random bytes, for ever.
(func $main (param i32)
  (loop $again
    (drop (call $random_get (i32.const 0) (i32.const 0x40000)))
    (br $again)))
