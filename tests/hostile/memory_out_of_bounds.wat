;; Reads behind its memory.
(func $main (param i32)
  (call $answer (i32.load (i32.const 0xfffffffc))))
