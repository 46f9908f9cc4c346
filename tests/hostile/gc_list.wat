;; Makes a list that only grows, of nodes with a few words each.
(type $node (struct (field (ref null $node)) (field i64) (field i64)))

(func $main (param i32) (local $list (ref null $node))
  (loop $again
    (local.set $list (struct.new $node (local.get $list) (i64.const 1) (i64.const 2)))
    (br $again)))
