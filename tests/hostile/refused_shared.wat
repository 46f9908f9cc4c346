;; Has a memory that other threads could share.
(module
  (memory (export "memory") 1 2 shared)
  (func (export "_start")))
