;; Exits in the start section.
(start $run_argument)

(func $main (param i32)
  (call $proc_exit (i32.const 3)))
