;; Reads from a stdin that has nothing and does not block, for ever.
(func $main (param i32)
  (drop (call $read_line (i32.const 0x20000))))
