import { assert, assertEquals, assertGreaterOrEqual, assertThrows } from "@std/assert";
import { assemble } from "../support/binaryen.ts";
import { meter } from "../support/metered.ts";
import { wat } from "../support/wat.ts";

Deno.test("meter: the start function is an export that the host calls", async (t) => {
  const rows: [name: string, text: string, cost: number][] = [
    ["of its own", `(func $s i32.const 5 global.set $g) (start $s)`, 3],
    ["exported", `(func $s (export "s") i32.const 5 global.set $g) (start $s)`, 3],
    [
      "with a loop",
      `(func $s loop global.get $g i32.const 1 i32.add global.set $g
        global.get $g i32.const 5 i32.lt_u br_if 0 end) (start $s)`,
      1 + 5 * 8,
    ],
    ["called by others too", `(func $s i32.const 5 global.set $g) (func call $s) (start $s)`, 3],
    ["of the host", `(start $set)`, 0],
  ];
  for (const [name, text, cost] of rows) {
    await t.step(name, async () => {
      const bytes = await wat(`(module
        (import "host" "set" (func $set))
        (global $g (export "g") (mut i32) i32.const 0) ${text})`);
      const set = () => value.value = 5;
      const { exports, fuel, start } = meter(bytes, {}, { host: { set } });
      const value = exports.g as WebAssembly.Global;
      fuel.value = 100;
      assertEquals(value.value, 0);
      start!();
      assertEquals([value.value, 100 - fuel.value], [5, cost]);
    });
  }
});

/** Costs 2 units, and 5 for each round. */
const countdown = `(func (export "f") (param i32) (result i32)
  loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end
  local.get 0)`;

/** Costs 7 units for each round. */
const recursion = `(func $f (export "f") (param i32) (result i32)
  local.get 0 i32.eqz if (result i32) i32.const 0 else
    local.get 0 i32.const 1 i32.sub call $f
  end)`;

Deno.test("meter: the hook is called below zero, at each round, and only then", async (t) => {
  const rows: [name: string, text: string, cost: number, rounds: number][] = [
    ["a loop", countdown, 2 + 5 * 50, 50],
    ["recursion", recursion, 8 * 50, 49],
  ];
  for (const [name, text, cost, rounds] of rows) {
    await t.step(name, async () => {
      const { exports, fuel, setHook } = meter(await wat(`(module ${text})`));
      const f = exports.f as (n: number) => number;
      const seen: number[] = [];
      let burnt = 0;
      setHook(() => {
        seen.push(fuel.value);
        burnt -= fuel.value;
        fuel.value = 0;
        return 0;
      });
      fuel.value = cost;
      assertEquals([f(rounds), fuel.value, seen.length], [0, 0, 0]);
      assertEquals([f(rounds), burnt - fuel.value], [0, cost]);
      assertGreaterOrEqual(seen.length, rounds - 1);
      assert(seen.every((value) => value < 0));
    });
  }
});

Deno.test("meter: any answer of the hook but 0 is a trap, and no hook too", async (t) => {
  const rows: [name: string, hook: (() => number) | undefined, error: string][] = [
    ["1", () => 1, "RuntimeError"],
    ["-1", () => -1, "RuntimeError"],
    ["2^31", () => 2 ** 31, "RuntimeError"],
    ["none", undefined, "RuntimeError"],
    ["an exception", () => {
      throw new RangeError("from the hook");
    }, "RangeError"],
  ];
  for (const [name, hook, error] of rows) {
    await t.step(name, async () => {
      for (const text of [countdown, recursion]) {
        const { exports, fuel, setHook } = meter(await wat(`(module ${text})`));
        if (hook !== undefined) setHook(hook);
        fuel.value = 10;
        const { name } = assertThrows(() => (exports.f as (n: number) => number)(1000), Error);
        assertEquals(name, error);
      }
    });
  }
});

/** Guests that never end by themselves. */
const ENDLESS: Record<string, string> = {
  "a loop": `(func (export "f") loop br 0 end)`,
  "a loop that costs nothing": `(func (export "f") loop nop br 0 end)`,
  "br_if": `(func (export "f") loop i32.const 1 br_if 0 end)`,
  "br_table": `(func (export "f") loop block loop i32.const 1 br_table 1 2 0 end end end)`,
  "two loops that go to each other's head":
    `(func (export "f") loop loop i32.const 1 br_if 1 br 0 end end)`,
  "a loop in a small function": `(func $s loop br 0 end) (func (export "f") call $s)`,
  "calls in a loop": `(func $s) (func (export "f") loop call $s br 0 end)`,
  "a catch clause to a loop":
    `(tag $e) (func (export "f") loop try_table (catch_all 0) throw $e end end)`,
  "a handler that branches to a loop":
    `(tag $e) (func (export "f") loop try throw $e catch_all br 1 end end)`,
  "a loop within catch_all": `(tag $e)
    (func $g loop br 0 end)
    (func (export "f") loop try call $g catch_all end br 0 end)`,
  "a loop within a catch clause": `(tag $e) (func $g loop br 0 end)
    (func (export "f") loop try_table (catch_all 0) call $g end br 0 end)`,
  "recursion that nothing but a call can reach": `(func $r call $r) (func (export "f") call $r)`,
  "return_call": `(func $f (export "f") return_call $f)`,
  "return_call of one another": `(func $f (export "f") return_call $g) (func $g return_call $f)`,
  "return_call of one another, of which neither is exported": `
    (func $f return_call $g) (func $g return_call $h) (func $h return_call $f)
    (func (export "f") call $f)`,
  "return_call_indirect": `(table funcref (elem $f))
    (func $f (export "f") i32.const 0 return_call_indirect)`,
  "return_call through catch_all": `(func $f (export "f") try catch_all end return_call $f)`,
  "calls of the host, which calls back": `(import "host" "back" (func $back))
    (func (export "f") call $back)`,
  "calls of the host from a loop": `(import "host" "tick" (func $tick))
    (func (export "f") loop call $tick br 0 end)`,
};

const ENDLESS_WITH_REFERENCES: Record<string, string> = {
  return_call_ref: `(type $v (func)) (elem declare func $f)
    (func $f (export "f") (type $v) (return_call_ref $v (ref.func $f)))`,
  br_on_null: `(func (export "f") (loop $l (drop (br_on_null $l (ref.null func)))))`,
  br_on_non_null: `(elem declare func $f)
    (func $f (export "f")
      (loop $l
        (drop (block $some (result (ref func)) (br_on_non_null $some (ref.func $f)) (unreachable)))
        (br $l)))`,
  br_on_cast: `(func (export "f")
    (loop $l (drop (block $c (result (ref i31))
      (drop (br_on_cast $c anyref (ref i31) (ref.i31 (i32.const 1)))) (unreachable))) (br $l)))`,
};

Deno.test("meter: whatever does not end can be stopped, and survives nothing", async (t) => {
  const guests: [name: string, bytes: Uint8Array<ArrayBuffer>][] = [];
  for (const [name, text] of Object.entries(ENDLESS)) {
    guests.push([name, await wat(`(module ${text})`)]);
  }
  for (const [name, text] of Object.entries(ENDLESS_WITH_REFERENCES)) {
    guests.push([name, assemble(`(module ${text})`)]);
  }
  for (const [name, bytes] of guests) {
    await t.step(name, () => {
      let calls = 0;
      const host = { tick: () => {}, back: () => run() };
      const { exports, fuel, setHook } = meter(bytes, {}, { host });
      const run = exports.f as () => void;
      fuel.value = 100;
      setHook(() => {
        fuel.value = 100;
        return ++calls < 10 ? 0 : 1;
      });
      assertThrows(run, WebAssembly.RuntimeError);
      assertEquals(calls, 10);
    });
  }
});
