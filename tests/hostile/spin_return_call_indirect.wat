;; Two functions that end in tail calls to each other through a table.
(type $step (func (param i32)))
(table funcref (elem $even $odd))

(func $main (param i32) (call $even (i32.const 0)))

(func $even (param i32)
  (return_call_indirect (type $step) (i32.add (local.get 0) (i32.const 1)) (i32.const 1)))
(func $odd (param i32)
  (return_call_indirect (type $step) (i32.add (local.get 0) (i32.const 1)) (i32.const 0)))
