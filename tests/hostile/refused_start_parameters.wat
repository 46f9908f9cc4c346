;; Wants something of whoever starts it.
(module
  (memory (export "memory") 1)
  (func (export "_start") (param i32)))
