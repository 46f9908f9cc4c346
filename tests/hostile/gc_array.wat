;; Asks for one array of 2^31 elements.
(type $array (array (mut i64)))

(func $main (param i32)
  (drop (array.new_default $array (i32.const 0x7fffffff)))
  (call $answer (i32.const 0)))
