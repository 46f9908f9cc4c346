import { assemble } from "../support/binaryen.ts";
import { returned, testRows } from "../support/meter_rows.ts";

testRows("meter: typed references", assemble, [
  {
    name: "br_on_null and br_on_non_null out of loops",
    text: `(type $v (func (result i32)))
      (elem declare func $seven)
      (func $seven (type $v) (i32.const 7))
      (func (export "f") (param $n i32) (result i32)
        (local $sum i32) (local $ref (ref null $v))
        (loop $outer
          (block $null
            (drop
              (block $some (result (ref $v))
                (loop $inner
                  (if (i32.eq (local.get $n) (i32.const 3))
                    (then (local.set $ref (ref.func $seven))))
                  (br_on_non_null $some (local.get $ref))
                  (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                  (br_if $inner (i32.gt_s (local.get $n) (i32.const 6)))
                  (drop (br_on_null $null (local.get $ref)))
                  (br $inner))
                (unreachable)))
            (local.set $sum (i32.add (local.get $sum) (i32.const 100)))
            (br_if $null (i32.eq (local.get $n) (i32.const 1)))
            (local.set $ref (ref.null $v)))
          (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br_if $outer (i32.gt_s (local.get $n) (i32.const 0))))
        (local.get $sum))`,
    calls: [[[3], returned(102), 60], [[10], returned(104), 158]],
  },
  {
    name: "call_ref and return_call_ref, in loops and not",
    text: `(type $v (func (param i32) (result i32)))
      (elem declare func $next $last $loops)
      (global $ref (mut (ref null $v)) (ref.null $v))
      (func $next (type $v) (return_call_ref $v (i32.add (local.get 0) (i32.const 5)) (ref.func $last)))
      (func $last (type $v) (i32.mul (local.get 0) (i32.const 2)))
      (func $loops (type $v) (local $i i32)
        (loop $loop
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $loop (i32.lt_s (local.get $i) (local.get 0)))
          (if (i32.gt_u (local.get $i) (i32.const 9))
            (then (return_call_ref $v (local.get $i) (global.get $ref)))))
        (local.get $i))
      (func (export "f") (param i32) (result i32) (local $sum i32)
        (if (i32.gt_s (local.get 0) (i32.const 0)) (then (global.set $ref (ref.func $next))))
        (loop $loop
          (local.set $sum (i32.add (local.get $sum)
            (call_ref $v (local.get 0) (ref.func $loops))))
          (local.set $sum (i32.add (local.get $sum)
            (call_ref $v (local.get 0) (ref.func $next))))
          (local.set 0 (i32.sub (local.get 0) (i32.const 4)))
          (br_if $loop (i32.gt_s (local.get 0) (i32.const 0))))
        (local.get $sum))`,
    calls: [[[3], returned(19), 68], [[22], returned(380), 848], [[-1], returned(9), 50]],
  },
  {
    name: "a null reference is called",
    text: `(type $v (func))
      (func (export "f") (param i32) (local (ref null $v))
        (loop $loop
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if $loop (local.get 0)))
        (call_ref $v (local.get 1)))`,
    calls: [[[3], "trap", 21]],
  },
]);

/** A structure in a hierarchy, and a list of values to tell apart. */
const types = `(rec
    (type $shape (sub (struct (field $size (mut i32)))))
    (type $square (sub $shape (struct (field $size (mut i32)) (field $color i64)))))
  (type $bytes (array (mut i8)))
  (func $make (param $kind i32) (result anyref)
    (if (i32.eq (local.get $kind) (i32.const 1))
      (then (return (struct.new $square (i32.const 20) (i64.const 3)))))
    (if (i32.eq (local.get $kind) (i32.const 2)) (then (return (ref.i31 (i32.const 30)))))
    (if (i32.eq (local.get $kind) (i32.const 3))
      (then (return (array.new $bytes (i32.const 4) (i32.const 5)))))
    (if (i32.eq (local.get $kind) (i32.const 4)) (then (return (ref.null none))))
    (struct.new $shape (i32.const 10)))`;

testRows("meter: garbage-collected values", assemble, [
  {
    name: "br_on_cast and br_on_cast_fail out of loops",
    text: `${types}
      (func (export "f") (param $kind i32) (result i32) (local $sum i32) (local $any anyref)
        (loop $outer
          (local.set $any (call $make (local.get $kind)))
          (local.set $sum (i32.add (local.get $sum)
            (block $value (result i32)
              (drop (block $other (result anyref)
                (i31.get_s (block $i31 (result (ref i31))
                  (struct.get $shape $size (block $shape (result (ref $shape))
                    (loop $inner
                      (drop (br_on_cast $i31 anyref (ref i31) (local.get $any)))
                      (drop (br_on_cast_fail $other anyref (ref null $shape) (local.get $any)))
                      (drop (br_on_cast $shape anyref (ref $shape) (local.get $any)))
                      (local.set $any (call $make (i32.const 1)))
                      (br $inner))
                    (unreachable)))
                  (br $value)))
                (br $value)))
              (i32.const 1000))))
          (local.set $kind (i32.sub (local.get $kind) (i32.const 1)))
          (br_if $outer (i32.ge_s (local.get $kind) (i32.const 0))))
        (local.get $sum))`,
    calls: [[[0], returned(10), 43], [[4], returned(1080), 234]],
  },
  {
    name: "structures and arrays, with failing casts",
    text: `${types}
      (func (export "f") (param $kind i32) (result i32) (local $array (ref null $bytes))
        (local.set $array (array.new_default $bytes (i32.const 10)))
        (loop $loop
          (array.set $bytes (local.get $array) (local.get $kind) (i32.const 7))
          (array.fill $bytes (local.get $array) (i32.const 0) (local.get $kind) (i32.const 2))
          (local.set $kind (i32.add (local.get $kind) (i32.const 1)))
          (br_if $loop (i32.lt_u (local.get $kind) (i32.const 3))))
        (i32.add
          (array.get_u $bytes (local.get $array) (i32.const 1))
          (struct.get $square $size (ref.cast (ref $square) (call $make (i32.sub (local.get $kind) (i32.const 2)))))))`,
    calls: [[[0], returned(22), 100], [[3], "trap", 60], [[10], "trap", 18]],
  },
]);
