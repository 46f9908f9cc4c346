;; Loops in the start section, before _start.
(start $run_argument)

(func $main (param i32)
  (loop $again (br $again)))
