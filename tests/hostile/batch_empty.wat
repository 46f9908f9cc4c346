;; An empty batch.
(data (i32.const 0x200) "[]\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
