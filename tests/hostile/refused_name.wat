;; Imports a function by the name of what every object has.
(module
  (import "wasi_snapshot_preview1" "constructor" (func))
  (memory (export "memory") 1)
  (func (export "_start")))
