;; Calls an entry of its table that is null.
(type $step (func))
(table 4 funcref)

(func $main (param i32)
  (call_indirect (type $step) (i32.const 3)))
