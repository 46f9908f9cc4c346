import { returned, testRows } from "../support/meter_rows.ts";
import { SMALL_LEAF } from "../support/oracle.ts";
import { wat } from "../support/wat.ts";

/** An operand and a drop: one unit. */
const unit = "i32.const 0 drop ";

testRows("meter: small leaves, for which their callers pay", wat, [
  {
    name: "of as many units as can be",
    text: `(func $leaf ${unit.repeat(SMALL_LEAF - 1)})
      (func (export "f") (param i32) local.get 0 if call $leaf else ${unit.repeat(90)} end)`,
    calls: [[[0], returned(), SMALL_LEAF + 4], [[1], returned(), SMALL_LEAF + 4]],
  },
  {
    name: "of one more, which is none",
    text: `(func $leaf ${unit.repeat(SMALL_LEAF)})
      (func (export "f") (param i32) local.get 0 if call $leaf else ${unit.repeat(90)} end)`,
    calls: [[[0], returned(), 93], [[1], returned(), 93 + SMALL_LEAF + 1]],
  },
  {
    name: "of which so many are called that the caller is not charged at entry",
    text: `(func $leaf ${unit.repeat(SMALL_LEAF - 1)})
      (func (export "f") (param i32) local.get 0 if ${"call $leaf ".repeat(8192)} end)`,
    calls: [[[0], returned(), 3], [[1], returned(), 3 + 8192 * (SMALL_LEAF + 1)]],
  },
  {
    name: "of no matter how many bytes",
    text: `(func $leaf ${"nop ".repeat(3000)} return ${unit.repeat(200)})
      (func (export "f") (param i32) local.get 0 if call $leaf else ${unit.repeat(9)} end)`,
    calls: [[[0], returned(), 12], [[1], returned(), 12]],
  },
  {
    name: "that are exported, in a table, or in a global, which are none",
    text: `(func $a (export "a") ${unit.repeat(20)})
      (func $b ${unit.repeat(30)})
      (func $c ${unit.repeat(40)})
      (table funcref (elem $b))
      (global funcref ref.func $c)
      (func (export "f") (param i32)
        local.get 0 if call $a end
        local.get 0 if call $b end
        local.get 0 if call $c end)`,
    calls: [[[0], returned(), 10], [[1], returned(), 103]],
  },
  {
    name: "called in loops, and from each other's callers",
    text: `(func $square (param i32) (result i32) local.get 0 local.get 0 i32.mul)
      (func $clamp (param i32) (result i32)
        local.get 0 i32.const 1000 i32.gt_u if i32.const 1000 return end
        local.get 0)
      (func $both (param i32) (result i32) local.get 0 call $square call $clamp)
      (func (export "f") (param i32) (result i32) (local $sum i32)
        loop
          local.get 0 call $both local.get 0 call $square call $clamp i32.add
          local.get $sum i32.add local.set $sum
          local.get 0 i32.const 8 i32.sub local.tee 0 i32.const 0 i32.gt_s br_if 0
        end
        local.get $sum)`,
    calls: [[[50], returned(8208), 282]],
  },
  {
    name: "and larger callees, called from so many places",
    text: `(func $four ${unit.repeat(200)})
      (func $five ${unit.repeat(300)})
      (func $bulk (param i32) i32.const 0 i32.const 0 local.get 0 memory.fill)
      (memory 1)
      (func (export "f") (param i32)
        call $four call $five local.get 0 call $bulk
        local.get 0 if call $four call $five end
        loop
          call $four call $five local.get 0 call $bulk
          local.get 0 i32.const 1 i32.sub local.tee 0 i32.const 0 i32.gt_s br_if 0
        end
        call $five local.get 0 if return end
        call $five return_call $four)`,
    calls: [[[0], returned(), 1336], [[3], returned(), 3389]],
  },
  {
    name: "that call each other, or themselves, and nothing else",
    text: `(func $once (param i32) (result i32) local.get 0 call $square call $square)
      (func $square (param i32) (result i32) local.get 0 local.get 0 i32.mul)
      (func $down (param i32) (result i32)
        local.get 0 i32.eqz if i32.const 1 return end
        local.get 0 i32.const 1 i32.sub call $down
        local.get 0 i32.const 3 i32.and
        if (param i32) (result i32) i32.const 2 i32.add else call $once end)
      (func (export "f") (param i32) (result i32)
        local.get 0 call $down
        local.get 0 call $once i32.add)`,
    calls: [[[0], returned(1), 32], [[9], returned(1199323524), 182]],
  },
  {
    name: "called last",
    text: `(func $leaf (param i32) (result i32) local.get 0 i32.const 5 i32.add)
      (func $straight (param i32) (result i32)
        local.get 0 if local.get 0 return_call $leaf end
        i32.const 1)
      (func (export "f") (param i32) (result i32)
        local.get 0 call $straight drop
        loop local.get 0 return_call $leaf end
        unreachable)`,
    calls: [[[0], returned(5), 14], [[1], returned(6), 18]],
  },
]);
