;; Reads through 1,024 iovecs that are all empty but for the last, which is out of the memory.
(func $main (param i32)
  (i32.store (i32.const 0x31ff8) (i32.const -1))
  (i32.store (i32.const 0x31ffc) (i32.const 1))
  (loop $again
    (drop (call $fd_read (i32.const 0) (i32.const 0x30000) (i32.const 1024) (i32.const 8)))
    (br $again)))
