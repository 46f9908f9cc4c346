;; Answers, then writes what is not JSON.
(data (i32.const 0x200) "rubbish\n")

(func $main (param i32)
  (call $answer (i32.const 0))
  (call $say (i32.const 0x200)))
