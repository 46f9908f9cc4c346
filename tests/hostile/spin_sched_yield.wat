;; Yields for ever.
(func $main (param i32)
  (loop $again
    (drop (call $sched_yield))
    (br $again)))
