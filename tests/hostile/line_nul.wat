;; Writes 64 KiB of NULs as a line.
(func $main (param i32)
  (i32.store8 (i32.const 0x3ffff) (i32.const 0x0a))
  (call $write (i32.const 1) (i32.const 0x30000) (i32.const 0x10000)))
