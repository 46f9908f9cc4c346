;; A batch of notifications only, to which there is no answer.
(data (i32.const 0x200)
  "[{'jsonrpc':'2.0','method':'echo'},{'jsonrpc':'2.0','method':'secret'}]\n")

(func $main (param i32)
  (call $say (i32.const 0x200))
  (call $answer (i32.const 0)))
