;; Hands exceptions from one try to the next, for ever.
(tag $e)

(func $main (param i32)
  (loop $again
    (try $outer
      (do
        (try $middle
          (do (try (do (throw $e)) (delegate $middle)))
          (catch_all (rethrow $middle))))
      (catch_all))
    (br $again)))
