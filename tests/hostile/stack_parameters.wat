;; Recurses with sixteen parameters of eight bytes each.
(type $wide (func
  (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)))

(func $main (param i32)
  (drop (call $wide
    (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1)
    (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1)
    (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1)
    (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1))))

(func $wide (type $wide)
  (i64.add (local.get 15)
    (call $wide
      (local.get 1) (local.get 2) (local.get 3) (local.get 4)
      (local.get 5) (local.get 6) (local.get 7) (local.get 8)
      (local.get 9) (local.get 10) (local.get 11) (local.get 12)
      (local.get 13) (local.get 14) (local.get 15) (i64.add (local.get 0) (i64.const 1)))))
