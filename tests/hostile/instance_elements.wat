;; Has elements that are more than its table holds, so no instance comes to be.
(module
  (table 1 funcref)
  (elem (i32.const 1) func $start)
  (memory (export "memory") 1)
  (func $start (export "_start")))
