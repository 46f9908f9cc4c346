;; Runs into an unreachable, within a catch_all.
(func $main (param i32)
  (loop $again
    (try (do (unreachable)) (catch_all))
    (br $again)))
