;; Asks a host method to give back a value with a member toJSON, and answers.
(data (i32.const 0x200) "{'jsonrpc':'2.0','id':1,'method':'echo',"
  "'params':{'toJSON':1,'then':2,'valueOf':3}}\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (drop (call $read_line (i32.const 0x20000)))
  (call $log_line (i32.const 0x20000))
  (call $answer (i32.const 0)))
