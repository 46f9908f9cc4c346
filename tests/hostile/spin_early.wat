;; Loops in _start before it has read its request.
(func $main (param i32)
  (loop $again (br $again)))
