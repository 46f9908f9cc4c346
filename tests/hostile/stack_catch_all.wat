;; Recurses, catches everything at each depth, and recurses again from there.
(func $main (param i32)
  (loop $again
    (try (do (call $main (local.get 0))) (catch_all))
    (br $again)))
