;; Notifies without end, and sleeps between.
(data (i32.const 0x200) "{'jsonrpc':'2.0','method':'echo'}\n")

(func $main (param i32)
  (loop $again
    (call $say (i32.const 0x200))
    (call $sleep (i32.const 0))
    (br $again)))
