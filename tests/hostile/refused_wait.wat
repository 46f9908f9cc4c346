;; Imports what the shim suspends guests with.
(module
  (import "host" "wait" (func (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")))
