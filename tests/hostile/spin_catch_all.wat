;; Catches whatever it is thrown, in a loop, in every function.
(func $main (param i32)
  (loop $again
    (try (do (call $second)) (catch_all))
    (br $again)))

(func $second
  (loop $again
    (try (do (call $third)) (catch_all))
    (br $again)))

(func $third
  (loop $again
    (try (do (loop $spin (br $spin))) (catch_all))
    (br $again)))
