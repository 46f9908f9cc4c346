;; Asks, waits until the answer must be there, does not read it, and asks again.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':1,'method':'echo'}\n")

(func $main (param i32)
  (loop $again
    (call $say (i32.const 0x200))
    (call $sleep (i32.const 0))
    (br $again)))
