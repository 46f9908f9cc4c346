;; Puts stdin where stdout was, and exits with what writing to it then gives.
(func $main (param i32)
  (drop (call $fd_renumber (i32.const 0) (i32.const 1)))
  (call $proc_exit
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8))))
