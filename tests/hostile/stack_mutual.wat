;; Two functions recurse through a table without end.
(type $step (func (param i32) (result i32)))
(table funcref (elem $even $odd))

(func $main (param i32) (drop (call $even (i32.const 1))))

(func $even (param i32) (result i32)
  (i32.add (local.get 0)
    (call_indirect (type $step) (i32.add (local.get 0) (i32.const 1)) (i32.const 1))))
(func $odd (param i32) (result i32)
  (i32.sub (local.get 0)
    (call_indirect (type $step) (i32.add (local.get 0) (i32.const 1)) (i32.const 0))))
