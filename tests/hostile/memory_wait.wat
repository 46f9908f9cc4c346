;; Waits on an address of a memory that nobody shares: it would hold up the thread.
(func $main (param i32)
  (drop (memory.atomic.wait32 (i32.const 0x40) (i32.const 0) (i64.const -1))))
