;; Throws and catches for ever, with the newer exceptions, and what it catches it throws again.
(tag $e)

(func $main (param i32)
  (loop $again
    (block $caught
      (try_table (catch_all $caught)
        (block $inner (result exnref)
          (try_table (catch_all_ref $inner) (throw $e))
          (unreachable))
        (throw_ref)))
    (br $again)))
