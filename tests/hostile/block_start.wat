;; Waits in the start section for a line after the request.
(start $run_argument)

(func $main (param i32)
  (drop (call $read_line (i32.const 0x20000)))
  (drop (call $read_line (i32.const 0x20000))))
