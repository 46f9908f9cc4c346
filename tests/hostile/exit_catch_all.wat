;; Exits within a catch_all, in a loop.
(func $main (param i32)
  (loop $again
    (try (do (call $proc_exit (i32.const 4))) (catch_all))
    (br $again)))
