;; Makes arrays and drops them, for ever.
(type $array (array (mut i64)))

(func $main (param i32)
  (loop $again
    (drop (array.new_default $array (i32.const 1000)))
    (br $again)))
