;; Loops with values that are carried around.
(func $main (param i32)
  (i32.const 1)
  (i64.const 2)
  (loop $again (param i32 i64)
    drop
    (br $again (i64.const 3))))
