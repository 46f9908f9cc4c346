;; Has data that begins in its memory and ends behind it, so no instance comes to be.
(module
  (memory (export "memory") 1)
  (data (i32.const 0xfffe) "four")
  (func (export "_start")))
