;; Answers 1 if it finds a table entry that an earlier call has set, then sets it.
(table $t 4 funcref)
(elem declare func $main)

(func $main (param i32)
  (call $answer (i32.eqz (ref.is_null (table.get $t (i32.const 3)))))
  (table.set $t (i32.const 3) (ref.func $main)))
