;; Throws, and exits while it is caught.
(tag $e)

(func $main (param i32)
  (try (do (throw $e)) (catch_all (call $proc_exit (i32.const 5)))))
