;; Raises the signal that no process survives.
(func $main (param i32)
  (drop (call $proc_raise (i32.const 9))))
