;; Asks for ever for what it is not granted.
(func $main (param i32)
  (loop $again
    (drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 0x40)))
    (drop (call $random_get (i32.const 0x40) (i32.const 8)))
    (drop (call $path_unlink_file (i32.const 3) (i32.const 0) (i32.const 8)))
    (br $again)))
