;; Calls an entry of its table as something that it is not.
(type $step (func (param i64) (result i64)))
(table funcref (elem $main))

(func $main (param i32)
  (drop (call_indirect (type $step) (i64.const 3) (i32.const 0))))
