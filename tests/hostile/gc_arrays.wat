;; Makes a list that only grows, of arrays of a megabyte each.
(type $array (array (mut i64)))
(type $node (struct (field (ref null $node)) (field (ref $array))))

(func $main (param i32) (local $list (ref null $node))
  (loop $again
    (local.set $list
      (struct.new $node (local.get $list) (array.new_default $array (i32.const 0x20000))))
    (br $again)))
