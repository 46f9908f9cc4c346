;; Wants a table of ten million entries from the start.
(module
  (table 10000000 funcref)
  (memory (export "memory") 1)
  (func (export "_start")))
