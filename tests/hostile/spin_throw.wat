;; Throws and catches for ever.
(tag $e (param i32))

(func $main (param i32)
  (loop $again
    (try (do (call $thrower)) (catch $e drop))
    (br $again)))

(func $thrower (throw $e (i32.const 1)))
