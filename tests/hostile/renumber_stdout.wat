;; Puts stdout where stderr was, logs there what is not JSON, and so breaks the protocol.
(data (i32.const 0x200) "a log line\n")

(func $main (param i32)
  (drop (call $fd_renumber (i32.const 1) (i32.const 2)))
  (call $write (i32.const 2) (i32.const 0x200) (i32.const 11)))
