// What a profile attributes to whom; that it comes to the same as the fuel is checked for every row of the meter's other tests.
import { assertEquals, assertThrows } from "@std/assert";
import { meter } from "../support/metered.ts";
import { wat } from "../support/wat.ts";

const unit = "i32.const 0 drop ";

/** A module, what its export `f` gets, and what its functions burn of their own. */
const ROWS: readonly (readonly [name: string, text: string, arg: number, burnt: number[]])[] = [
  [
    "a small leaf, which its caller has paid for in whichever way",
    `(func $leaf ${unit.repeat(10)})
    (func $f (export "f") (param i32) local.get 0 if call $leaf else ${unit.repeat(40)} end)`,
    1,
    // The caller is charged for the dearer arm, and of that the leaf has burnt 11.
    [11, 43 - 11],
  ],
  [
    "a larger callee",
    `(func $callee ${unit.repeat(300)})
    (func $f (export "f") (param i32) call $callee call $callee)`,
    0,
    [602, 3],
  ],
  [
    "recursion",
    `(func $f (export "f") (param i32)
      local.get 0 if local.get 0 i32.const 1 i32.sub call $f end)`,
    9,
    [10 * 7],
  ],
  [
    "loops and bulk operators",
    `(memory 1)
    (func $fill (param i32) i32.const 0 i32.const 1 local.get 0 memory.fill)
    (func $f (export "f") (param i32)
      loop
        i32.const 50 call $fill
        local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
      end)`,
    3,
    [3 * (5 + 50), 1 + 3 * 7],
  ],
];

for (const [name, text, arg, burnt] of ROWS) {
  Deno.test(`meter: a profile of ${name}`, async () => {
    const { exports, abi, fuel } = meter(await wat(`(module ${text})`), { profile: true });
    fuel.value = 1_000_000;
    (exports.f as (arg: number) => void)(arg);
    const { memory, functions } = abi.profile!;
    const counts = new BigInt64Array((exports[memory] as WebAssembly.Memory).buffer);
    assertEquals([...counts.subarray(0, functions.length)].map(Number), burnt);
    assertEquals(burnt.reduce((sum, each) => sum + each), 1_000_000 - fuel.value);
  });
}

Deno.test("meter: the guest has no way to the profile", async () => {
  const text = `(module (memory (export "memory") 1)
    (func (export "f") (param i32) local.get 0 i32.const 7 i32.store8))`;
  const { exports, abi, fuel } = meter(await wat(text), { profile: true });
  fuel.value = 1000;
  const store = exports.f as (address: number) => void;
  for (const address of [0, 65_535]) store(address);
  assertThrows(() => store(65_536), WebAssembly.RuntimeError);
  const counts = new BigInt64Array((exports[abi.profile!.memory] as WebAssembly.Memory).buffer);
  assertEquals([...counts.subarray(0, 2)], [12n, 0n]);
});
