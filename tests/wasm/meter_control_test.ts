import { returned, testRows } from "../support/meter_rows.ts";
import { wat } from "../support/wat.ts";

testRows("meter: loops", wat, [
  {
    name: "a parameter and a result",
    text: `(func (export "f") (param i32) (result i32)
      i32.const 1
      loop (param i32) (result i32)
        local.get 0 i32.mul
        local.get 0 i32.const 1 i32.sub local.tee 0
        br_if 0
      end)`,
    calls: [[[1], returned(1), 9], [[5], returned(120), 37]],
  },
  {
    name: "several parameters and results",
    text: `(func (export "f") (param i32) (result i64 i32) (local $a i64) (local $b i32)
      i32.const 7 i64.const 1
      loop (param i32 i64) (result i64 i32)
        i64.const 3 i64.mul local.set $a
        i32.const 1 i32.add local.set $b
        local.get 0 i32.const 1 i32.sub local.tee 0
        if (result i64 i32)
          local.get $b local.get $a br 1
        else
          local.get $a local.get $b
        end
      end)`,
    calls: [[[3], returned(27n, 10), 44]],
  },
  {
    name: "an empty loop, and one that costs nothing",
    text: `(func (export "f") loop end loop nop block end end)`,
    calls: [[[], returned(), 1]],
  },
  {
    name: "branches out of several, with a value",
    text: `(func (export "f") (param i32) (result i32)
      block $out (result i32)
        loop $a
          loop $b
            loop $c
              local.get 0 i32.const 1 i32.add local.tee 0
              local.get 0 i32.const 50 i32.gt_s br_if $out
              i32.const 7 i32.rem_s br_if $c
              local.get 0 i32.const 2 i32.rem_s br_if $b
              br $a
            end
          end
        end
        unreachable
      end)`,
    calls: [[[0], returned(51), 590], [[100], returned(101), 9]],
  },
  {
    name: "br_table to loops, blocks and the function, with a value",
    text: `(func (export "f") (param i32) (result i32) (local $count i32)
      local.get 0
      loop $a (param i32) (result i32)
        local.set 0
        local.get 0
        block $b (param i32) (result i32)
          loop $c (param i32) (result i32)
            local.get $count i32.const 1 i32.add local.set $count
            i32.const 3 i32.add local.tee 0
            local.get 0 i32.const 5 i32.rem_u
            br_table $a $b $c $b 3 $a
          end
        end
        local.get $count i32.const 5 i32.gt_u
        br_if 1
        br $a
      end)`,
    calls: [[[0], returned(9), 51], [[1], returned(4), 15], [[2], returned(14), 64], [
      [4],
      returned(19),
      75,
    ]],
  },
  {
    name: "the function's own label and return, out of loops",
    text: `(func (export "f") (param i32) (result i32)
      loop
        loop
          local.get 0 i32.eqz if i32.const 10 br 3 end
          i32.const 11 local.get 0 i32.const 1 i32.eq br_if 2 drop
          local.get 0 i32.const 2 i32.eq if i32.const 12 return end
          local.get 0 i32.const 4 i32.sub local.tee 0
          i32.const 100 i32.gt_s br_if 0
          local.get 0 i32.const 60 i32.gt_s br_if 1
        end
        local.get 0 i32.const 50 i32.gt_s
        if local.get 0 i32.const 20 i32.sub local.set 0 br 1 end
      end
      i32.const 13)`,
    calls: [
      [[0], returned(10), 6],
      [[1], returned(11), 9],
      [[2], returned(12), 14],
      [[3], returned(13), 29],
      [[210], returned(13), 804],
    ],
  },
  {
    name: "if and else, some without arms",
    text: `(func (export "f") (param i32) (result i32) (local $sum i32)
      loop
        local.get 0 i32.const 1 i32.and
        if local.get $sum local.get 0 i32.add local.set $sum end
        local.get 0 i32.const 2 i32.and
        if (result i32) i32.const 1 else local.get 0 i32.const 3 i32.mul end
        local.get $sum i32.add local.set $sum
        local.get 0 i32.const 4 i32.and if else nop end
        local.get 0 if nop end
        local.get 0 i32.const 1 i32.sub local.tee 0
        i32.const 0 i32.gt_s br_if 0
      end
      local.get $sum)`,
    calls: [[[0], returned(0), 29], [[9], returned(110), 257]],
  },
  {
    name: "a loop in each arm, after a loop, and in a loop's end",
    text: `(func (export "f") (param i32) (result i32) (local i32)
      local.get 0
      if (result i32)
        loop (result i32)
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
          loop local.get 1 i32.const 1 i32.add local.tee 1 i32.const 4 i32.lt_u br_if 0 end
          i32.const 5
        end
      else
        loop (result i32) i32.const 6 end
        loop (param i32) (result i32) i32.const 1 i32.add end
      end)`,
    calls: [[[0], returned(7), 6], [[3], returned(5), 47]],
  },
]);

testRows("meter: code that is never reached", wat, [
  {
    name: "loops and branches that cross them, after branches",
    text: `(func (export "f") (param i32) (result i32)
      block $out
        loop $a
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if $a
          br $out
          loop $dead
            i32.const 1 i32.const 2 i32.add drop
            local.get 0 br_if $out
            local.get 0 br_table $a $dead $out $out
            br $a
            loop br $out end
          end
          if i32.const 1 drop else i32.const 2 drop br $a end
          block br $a end
          i32.const 1 drop
        end
        i32.const 1 drop
        unreachable
      end
      i32.const 3)`,
    calls: [[[1], returned(3), 8], [[4], returned(3), 23]],
  },
  {
    name: "code after a loop without a way out of it",
    text: `(func (export "f") (param i32) (result i32)
      loop
        local.get 0 i32.const 1 i32.sub local.tee 0
        i32.eqz if i32.const 9 return end
        br 0
      end
      i32.const 1 i32.const 2 i32.add drop
      unreachable)`,
    calls: [[[1], returned(9), 8], [[3], returned(9), 22]],
  },
  {
    name: "a dead loop alone",
    text: `(func (export "f") (result i32)
      i32.const 1 return
      loop (param i32) (result i32) br 0 end)`,
    calls: [[[], returned(1), 2]],
  },
  {
    name: "polymorphic operands around loops",
    text: `(func (export "f") (param i32) (result i64)
      loop (result i64)
        i64.const 5 local.get 0 br_if 1
        unreachable
        loop (param i32 f64) (result i64) drop drop i64.const 0 end
        br 0
        i64.sub
        loop (param i64) (result i64) br 0 end
      end)`,
    calls: [[[1], returned(5n), 4], [[0], "trap", 4]],
  },
]);

testRows("meter: functions without loops", wat, [
  {
    name: "the dearest path, whichever is taken",
    text: `(func (export "f") (param i32) (result i32)
      local.get 0
      if (result i32)
        i32.const 1 i32.const 2 i32.add i32.const 3 i32.add
      else
        i32.const 9
      end)`,
    calls: [[[0], returned(9), 8], [[1], returned(6), 8]],
  },
  {
    name: "early ends: br_if, br_table, return, unreachable",
    text: `(func (export "f") (param i32) (result i32)
      block $a
        block $b
          block $c
            local.get 0 br_table $a $b $c $a
            i32.const 1 i32.const 1 i32.const 1 i32.const 1 drop drop drop drop
          end
          local.get 0 i32.const 2 i32.ne br_if $a
          i32.const 12 return
        end
        local.get 0 i32.const 1 i32.sub i32.eqz
        if i32.const 1 i32.const 2 i32.add i32.const 3 i32.add i32.const 4 i32.add return end
      end
      local.get 0 i32.const 10 i32.eq if unreachable end
      i32.const 10)`,
    calls: [
      [[0], returned(10), 15],
      [[1], returned(10), 15],
      [[2], returned(12), 15],
      [[3], returned(10), 15],
      [[10], "trap", 15],
    ],
  },
  {
    name: "branches that skip the dearest arm",
    text: `(func (export "f") (param i32) (result i32)
      block (result i32)
        i32.const 1
        local.get 0 br_if 0
        drop
        block
          local.get 0 br_if 0
          br 0
          i32.const 1 i32.const 1 i32.add i32.const 1 i32.add drop
        end
        i32.const 7
      end
      local.get 0 if nop else end)`,
    calls: [[[0], returned(7), 10], [[1], returned(1), 10]],
  },
]);
