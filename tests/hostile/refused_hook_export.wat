;; Exports a table by the name of the hook's.
(module
  (table (export "__rt_hook") 1 funcref)
  (memory (export "memory") 1)
  (func (export "_start")))
