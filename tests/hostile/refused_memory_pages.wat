;; Wants more memory from the start than its manifest grants.
(module
  (memory (export "memory") 17)
  (func (export "_start")))
