;; Loops behind code that no path reaches.
(func $main (param i32)
  (block $out
    (br $out)
    (loop $dead (br $dead)))
  (loop $again
    (block $in (br $in) (unreachable))
    (br_if $again (i32.const 1))))
