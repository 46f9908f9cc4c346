;; Grows as far as it can, writes to each page, and answers with how many there are.
(func $main (param i32) (local $page i32)
  (loop $again
    (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (local.set $page (memory.size))
  (loop $next
    (local.set $page (i32.sub (local.get $page) (i32.const 1)))
    (memory.fill (i32.add (i32.mul (local.get $page) (i32.const 0x10000)) (i32.const 0x8000))
      (i32.const 0xff) (i32.const 0x8000))
    (br_if $next (local.get $page)))
  (call $answer (memory.size)))
