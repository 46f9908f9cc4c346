;; Imports itself.
(module
  (import "test-plugin" "_start" (func $start))
  (memory (export "memory") 1)
  (func (export "_start") (call $start)))
