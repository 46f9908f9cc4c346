;; A batch of a request and of what is none.
(data (i32.const 0x200) "[{'jsonrpc':'2.0','id':1,'method':'echo'},null,7,'x',{}]\n")

(func $main (param i32)
  (call $say (i32.const 0x200)))
