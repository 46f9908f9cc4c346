;; Catches everything in the start section, in a loop.
(start $run_argument)

(func $main (param i32)
  (loop $again
    (try (do (loop $spin (br $spin))) (catch_all))
    (br $again)))
