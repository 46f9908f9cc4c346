;; Logs what looks like a line of another plugin.
(data (i32.const 0x200) "good-plugin: all is well\0d\n")

(func $main (param i32)
  (call $write (i32.const 2) (i32.const 0x200) (i32.const 26))
  (call $answer (i32.const 0)))
