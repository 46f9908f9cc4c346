import { returned, testRows } from "../support/meter_rows.ts";
import { wat } from "../support/wat.ts";

testRows("meter: calls", wat, [
  {
    name: "recursion",
    text: `(func $fib (export "f") (param i32) (result i32)
      local.get 0 i32.const 2 i32.lt_u if local.get 0 return end
      local.get 0 i32.const 1 i32.sub call $fib
      local.get 0 i32.const 2 i32.sub call $fib
      i32.add)`,
    calls: [[[0], returned(0), 14], [[10], returned(55), 2478]],
  },
  {
    name: "mutual recursion through loops",
    text: `(func $even (export "f") (param i32) (result i32) (local i32)
        loop local.get 1 i32.const 1 i32.add local.tee 1 i32.const 3 i32.lt_u br_if 0 end
        local.get 0 i32.eqz if i32.const 1 return end
        local.get 0 i32.const 1 i32.sub call $odd)
      (func $odd (param i32) (result i32)
        local.get 0 i32.eqz if i32.const 0 return end
        local.get 0 i32.const 1 i32.sub call $even)`,
    calls: [[[7], returned(0), 148], [[8], returned(1), 174]],
  },
  {
    name: "in a loop, with the results of several calls as operands",
    text: `(func $next (param i32) (result i32 i32)
        local.get 0 if (result i32) i32.const 1 else i32.const 2 i32.const 3 i32.add end
        local.get 0 i32.const 1 i32.sub)
      (func $loops (param i32) (result i32)
        loop local.get 0 i32.const 2 i32.sub local.tee 0 i32.const 0 i32.gt_s br_if 0 end
        local.get 0)
      (func (export "f") (param i32) (result i32) (local $sum i32)
        loop
          local.get 0 call $next local.set 0
          local.get 0 call $loops i32.add
          local.get $sum i32.add local.set $sum
          local.get 0 i32.const 0 i32.ge_s br_if 0
        end
        local.get $sum)`,
    calls: [[[5], returned(3), 202]],
  },
  {
    name: "through tables, in a loop",
    text: `(table funcref (elem $a $b $c))
      (func $a (param i32) (result i32) local.get 0 i32.const 1 i32.add)
      (func $b (param i32) (result i32) (local i32)
        loop local.get 1 i32.const 1 i32.add local.tee 1 local.get 0 i32.lt_u br_if 0 end
        local.get 1)
      (func $c (param i32) (result i32) local.get 0 i32.const 2 i32.mul call $a)
      (func (export "f") (param i32) (result i32)
        loop
          local.get 0 local.get 0 i32.const 3 i32.rem_u call_indirect (param i32) (result i32)
          local.tee 0 i32.const 100 i32.lt_u br_if 0
        end
        local.get 0)`,
    calls: [[[2], returned(191), 110]],
  },
  {
    name: "of the host, which calls back, in and out of loops",
    text: `(import "host" "tick" (func $tick (param i32)))
      (import "host" "again" (func $again (param i32)))
      (func (export "f") (param i32)
        i32.const 100 call $tick
        loop
          local.get 0 call $tick
          local.get 0 call $again
          local.get 0 call $straight
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
        end
        i32.const 101 call $tick)
      (func $straight (export "straight") (param i32)
        local.get 0 i32.const 2 i32.eq if i32.const 102 call $tick end
        i32.const 103 call $tick)`,
    imports: (probe, exports) => ({
      host: { tick: probe, again: (x: number) => (exports().straight as (x: number) => void)(x) },
    }),
    calls: [[[3], returned(), 92]],
  },
  {
    name: "of the host, from functions that nothing but calls can reach",
    text: `(import "host" "tick" (func $tick (param i32)))
      (func $a (param i32) local.get 0 call $tick local.get 0 i32.const 1 i32.add call $tick)
      (func $b (param i32) local.get 0 call $tick local.get 0 i32.const 2 i32.add call $a)
      (func $c (param i32) local.get 0 if local.get 0 call $b end local.get 0 call $tick)
      (func $straight (param i32)
        local.get 0 call $a
        local.get 0 if local.get 0 call $b else i32.const 50 call $c end
        local.get 0 call $c)
      (func (export "f") (param i32)
        loop
          local.get 0 call $straight
          local.get 0 call $b
          local.get 0 i32.const 1 i32.sub local.tee 0 i32.const 0 i32.ge_s br_if 0
        end
        local.get 0 call $c)`,
    imports: (probe) => ({ host: { tick: probe } }),
    calls: [[[0], returned(), 93], [[2], returned(), 245]],
  },
  {
    name: "of the host, which throws",
    text: `(import "host" "fail" (func $fail (param i32)))
      (func (export "f") (param i32)
        loop
          local.get 0 call $fail
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
        end)`,
    imports: () => ({
      host: {
        fail(x: number) {
          if (x === 2) throw new Error("failed");
        },
      },
    }),
    calls: [[[1], returned(), 8], [[4], { thrown: "Error: failed" }, 17]],
  },
]);

testRows("meter: tail calls", wat, [
  {
    name: "by the hundred thousand",
    text: `(func $f (export "f") (param i32) (result i32)
      local.get 0 i32.eqz if i32.const 7 return end
      local.get 0 i32.const 1 i32.sub return_call $f)`,
    calls: [[[100_000], returned(7), 800008]],
  },
  {
    name: "out of loops, direct and through tables",
    text: `(table funcref (elem $even $odd))
      (func $even (export "f") (param i32 i32) (result i32)
        local.get 0 i32.eqz if i32.const 1 return end
        loop
          local.get 1 i32.const 1 i32.add local.tee 1
          i32.const 3 i32.rem_u br_if 0
          loop
            local.get 0 i32.const 1 i32.sub local.get 1
            local.get 0 i32.const 1 i32.and
            return_call_indirect (param i32 i32) (result i32)
          end
        end
        unreachable)
      (func $odd (param i32 i32) (result i32)
        local.get 0 i32.eqz if i32.const 0 return end
        loop
          local.get 0 i32.const 1 i32.sub local.get 1 return_call $even
        end
        unreachable)`,
    calls: [[[6, 0], returned(0), 155], [[7, 1], returned(0), 157]],
  },
  {
    name: "of the host",
    text: `(import "host" "tick" (func $tick (param i32)))
      (func (export "f") (param i32)
        loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end
        local.get 0 return_call $tick)`,
    imports: (probe) => ({ host: { tick: probe } }),
    calls: [[[3], returned(), 18]],
  },
]);

/** After a trap, what the naive meter counts is what ran; the other may have paid for a whole segment, or not yet stored it. */
testRows("meter: traps", wat, [
  {
    name: "in a function without loops: all was paid at entry",
    text: `(func (export "f") (param i32) (result i32)
      i32.const 6 local.get 0 i32.div_u i32.const 1 i32.add)`,
    calls: [[[2], returned(4), 6], [[0], "trap", 6]],
  },
  {
    name: "in a small leaf: its caller has paid",
    text: `(func $leaf (param i32) (result i32) i32.const 6 local.get 0 i32.div_u)
      (func (export "f") (param i32) (result i32) local.get 0 call $leaf i32.const 1 i32.add)`,
    calls: [[[2], returned(4), 9], [[0], "trap", 9]],
  },
  {
    name: "in a loop: what the local counter has and the global has not is lost",
    text: `(func (export "f") (param i32) (result i32) (local i32)
      i32.const 0 local.set 1
      loop
        local.get 1 i32.const 6 local.get 0 i32.div_u i32.add local.set 1
        local.get 0 i32.const 1 i32.sub local.set 0
        local.get 1 i32.const 11 i32.lt_u br_if 0
      end
      local.get 1)`,
    calls: [[[3], returned(11), 46], [[1], "trap", 21]],
  },
  {
    name: "in what a loop calls: the callers have stored theirs",
    text: `(func $div (param i32) (result i32)
        i32.const 6 local.get 0 i32.div_u call $nothing i32.const 1 i32.add)
      (func $nothing)
      (func (export "f") (param i32) (result i32)
        loop
          local.get 0 call $div drop
          local.get 0 i32.const 1 i32.sub local.set 0
          br 0
        end
        unreachable)`,
    calls: [[[0], "trap", 11], [[5], "trap", 86]],
  },
  {
    name: "in a loop with its counter in the global: its segment is paid",
    text: `(func (export "f") (param i32)
      loop
        try
          i32.const 6 local.get 0 i32.div_u drop i32.const 1 drop
        catch_all
        end
        local.get 0 i32.const 1 i32.sub local.set 0
        br 0
      end)`,
    calls: [[[0], "trap", 5], [[2], "trap", 25]],
  },
]);
