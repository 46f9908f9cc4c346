;; Loops over functions that are called through a table.
(type $step (func (param i32) (result i32)))
(table funcref (elem $one $two))

(func $main (param i32) (local $n i32)
  (loop $again
    (local.set $n
      (call_indirect (type $step) (local.get $n) (i32.and (local.get $n) (i32.const 1))))
    (br $again)))

(func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
(func $two (param i32) (result i32) (i32.add (local.get 0) (i32.const 3)))
