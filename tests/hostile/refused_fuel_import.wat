;; Imports what metering adds.
(module
  (import "__rt" "__rt_fuel" (global $fuel (mut i32)))
  (memory (export "memory") 1)
  (func (export "_start") (global.set $fuel (i32.const 0x7fffffff))))
