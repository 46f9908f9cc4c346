;; Throws out of the start section.
(tag $e)
(start $run_argument)

(func $main (param i32)
  (throw $e))
