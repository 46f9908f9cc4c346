;; A tree of calls without a loop: each function calls the one below twice, sixty deep.
(func $main (param i32) (drop (call $tree (i32.const 60))))

(func $tree (param $depth i32) (result i32)
  (if (result i32) (local.get $depth)
    (then
      (i32.add
        (call $tree (i32.sub (local.get $depth) (i32.const 1)))
        (call $tree (i32.sub (local.get $depth) (i32.const 1)))))
    (else (i32.const 1))))
