;; Throws out of _start.
(tag $e (param i32 f64))

(func $main (param i32)
  (throw $e (i32.const 1) (f64.const 2)))
