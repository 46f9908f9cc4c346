;; Answers behind a byte order mark.
(data (i32.const 0x200) "\ef\bb\bf{'jsonrpc':'2.0','id':$,'result':1}\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
