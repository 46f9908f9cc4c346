;; Offers a table of host functions and of its own to whoever wants to call them.
(table (export "__indirect_function_table") funcref
  (elem $proc_exit $fd_write $main))
(global (export "__stack_pointer") (mut i32) (i32.const 0))
(func (export "__wasm_call_ctors") (unreachable))
(func (export "_initialize") (unreachable))

(func $main (param i32)
  (call $answer (i32.const 0)))
