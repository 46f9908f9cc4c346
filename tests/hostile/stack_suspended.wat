;; Recurses, and waits on the deepest stack that it gets: at each 5,000th call it sleeps.
(func $main (param i32) (drop (call $deeper (i32.const 1))))

(func $deeper (param $depth i32) (result i32)
  (if (i32.eqz (i32.rem_u (local.get $depth) (i32.const 5000)))
    (then (call $sleep (i32.const 0))))
  (i32.add (call $deeper (i32.add (local.get $depth) (i32.const 1))) (local.get $depth)))
