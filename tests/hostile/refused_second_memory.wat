;; Has a second memory, which no limit would bound.
(module
  (memory (export "memory") 1)
  (memory 1000)
  (func (export "_start")))
