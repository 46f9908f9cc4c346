;; Divides by zero, within a catch_all.
(func $main (param i32)
  (loop $again
    (try (do (drop (i32.div_u (i32.const 1) (i32.const 0)))) (catch_all))
    (br $again)))
