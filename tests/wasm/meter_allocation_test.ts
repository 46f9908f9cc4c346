import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { ALLOCATION_REFUSED } from "../../lib/wasm/abi.ts";
import { meterModule } from "../../lib/wasm/meter.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import { assemble } from "../support/binaryen.ts";
import { meter, PLENTY, runAllWays } from "../support/metered.ts";
import { wat } from "../support/wat.ts";

const TYPES = `
  (type $bytes (array (mut i8)))
  (type $all (struct (field i8) (field i16) (field (mut i32)) (field i64) (field f32) (field f64)
    (field v128) (field anyref) (field (ref null $bytes))))
  (type $none (struct))
  (type $shorts (array i16))
  (type $longs (array (mut i64)))
  (type $vectors (array v128))
  (type $functions (array (mut funcref)))
  (data $data "0123456789")
  (elem $elements func $f $f $f $f)`;

/** What is made, of as many elements as parameter 0 says if there is a choice; what that takes, with 3 for the parameter. */
const ROWS: readonly (readonly [text: string, bytes: number])[] = [
  ["(struct.new_default $none)", 16],
  ["(struct.new_default $all)", 16 + 1 + 2 + 4 + 8 + 4 + 8 + 16 + 8 + 8],
  [
    `(struct.new $all (i32.const 1) (i32.const 1) (i32.const 1) (i64.const 1) (f32.const 1)
      (f64.const 1) (v128.const i64x2 1 1) (ref.null any) (array.new_default $bytes (local.get 0)))`,
    16 + 59 + 16 + 3,
  ],
  ["(array.new_default $bytes (local.get 0))", 16 + 3],
  ["(array.new_default $shorts (local.get 0))", 16 + 6],
  ["(array.new_default $vectors (local.get 0))", 16 + 48],
  ["(array.new $longs (i64.const 7) (local.get 0))", 16 + 24],
  ["(array.new $functions (ref.func $f) (local.get 0))", 16 + 24],
  ["(array.new_fixed $longs 0)", 16],
  ["(array.new_fixed $longs 2 (i64.const 1) (i64.const 2))", 16 + 16],
  ["(array.new_data $bytes $data (i32.const 1) (local.get 0))", 16 + 3],
  ["(array.new_data $longs $data (i32.const 1) (i32.const 1))", 16 + 8],
  ["(array.new_elem $functions $elements (i32.const 1) (local.get 0))", 16 + 24],
];

/** `f` answers what it was given. */
function moduleOf(body: string, more = ""): Uint8Array<ArrayBuffer> {
  return assemble(`(module ${TYPES} ${more}
    (func $f (export "f") (param i32) (result i32) ${body} (local.get 0)))`);
}

/** Calls `f` of a module that may allocate so many bytes, as often as told; says how often it came back, and what was noted. */
function call(
  bytes: Uint8Array<ArrayBuffer>,
  maxAllocated: number,
  arg = 3,
  times = 1,
): [done: number, refused: number] {
  const { exports, fuel, growFailed, setHook } = meter(bytes, { maxAllocated });
  setHook(() => (fuel.value = PLENTY, 0));
  let done = 0;
  for (let left = times; left > 0; left--) {
    try {
      assertEquals((exports.f as (length: number) => number)(arg), arg);
      done++;
    } catch (error) {
      assertInstanceOf(error, WebAssembly.RuntimeError);
    }
  }
  return [done, growFailed.value];
}

Deno.test("allocation: what each operator takes, to the byte", async (t) => {
  for (const [text, bytes] of ROWS) {
    await t.step(text, () => {
      const module = moduleOf(`(drop ${text})`);
      assertEquals(call(module, bytes), [1, 0]);
      assertEquals(call(module, bytes - 1), [0, ALLOCATION_REFUSED]);
      assertEquals(call(module, 3 * bytes + 1, 3, 5), [3, ALLOCATION_REFUSED]);
      assertEquals(call(module, 0), [0, ALLOCATION_REFUSED]);
      assertEquals(call(module, 2 ** 53 - 1, 3, 5), [5, 0]);
    });
  }
});

Deno.test("allocation: fuel and results are as without", async (t) => {
  const decrement = `(br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))`;
  for (const [text] of ROWS) {
    await t.step(text, () => {
      for (const body of [`(drop ${text})`, `(loop (drop ${text}) ${decrement})`]) {
        const bytes = moduleOf(body);
        const counted = runAllWays({ bytes, args: [3], maxAllocated: 10_000 });
        assertEquals(counted, runAllWays({ bytes, args: [3] }));
      }
    });
  }
});

Deno.test("allocation: a length of 2^32 - 1 is no small one", () => {
  for (const type of ["$bytes", "$longs", "$vectors"]) {
    const module = moduleOf(`(drop (array.new_default ${type} (local.get 0)))`);
    assertEquals(call(module, 2 ** 32, -1), [0, ALLOCATION_REFUSED]);
    assertEquals(call(module, 2 ** 20, -1, 3), [0, ALLOCATION_REFUSED]);
    assertEquals(call(module, 2 ** 20, 0x1000_0000), [0, ALLOCATION_REFUSED]);
  }
});

Deno.test("allocation: the guest cannot catch it", () => {
  const module = moduleOf(
    `(block $caught
      (try_table (catch_all $caught) (drop (struct.new_default $none)))
      (local.set 0 (i32.const 1)))
    (local.set 0 (i32.const 2))`,
  );
  assertEquals(call(module, 15, 2), [0, ALLOCATION_REFUSED]);
  assertEquals(call(module, 16, 2), [1, 0]);
});

/** Types of the values of an exception, and what it takes. */
const EXCEPTIONS: readonly (readonly [values: string, bytes: number])[] = [
  ["", 0],
  ["i32", 0],
  ["i64 i64", 0],
  ["i64 i64 i32", 16 + 4 * 20],
  ["v128 i64", 16 + 4 * 24],
  [new Array(100).fill("i64").join(" "), 16 + 4 * 800],
];

Deno.test("allocation: exceptions that carry much", () => {
  for (const [values, bytes] of EXCEPTIONS) {
    const operands = values.replace(
      /\w+/g,
      (type) => type === "v128" ? "(v128.const i64x2 1 1)" : `(${type}.const 1)`,
    );
    const tag = values === "" ? "(tag $e)" : `(tag $e (param ${values}))`;
    const module = moduleOf(
      `(block $caught (try_table (catch_all $caught) (throw $e ${operands})))`,
      tag,
    );
    assertEquals(call(module, 2 * bytes, 3, 2), [2, 0]);
    if (bytes > 0) assertEquals(call(module, 2 * bytes - 1, 3, 2), [1, ALLOCATION_REFUSED]);
    const counted = runAllWays({ bytes: module, args: [3], maxAllocated: bytes });
    assertEquals(counted, runAllWays({ bytes: module, args: [3] }));
  }
});

Deno.test("allocation: nothing is added where nothing is allocated, or not counted", async () => {
  const same = (bytes: Uint8Array, other: number | undefined) =>
    assertEquals(meterModule(bytes, { maxAllocated: other }).bytes, meterModule(bytes).bytes);
  same(await wat(`(module (memory 1) (func (export "f") loop br 0 end))`), 100);
  same(moduleOf("(drop (array.len (ref.null $bytes)))"), 100);
  same(moduleOf("", "(global (ref $none) (struct.new_default $none))"), 100);
  same(moduleOf("(drop (struct.new_default $none))"), undefined);
  same(moduleOf("(throw $e (i32.const 1))", "(tag $e (param i32))"), 100);
  const counted = meterModule(moduleOf("(drop (struct.new_default $none))"), { maxAllocated: 1 });
  assertEquals(parseModule(counted.bytes).globalCount, 3);
});

/** Fields of a module, and the bytes that its constants take. */
const CONSTANTS: readonly (readonly [text: string, bytes: number])[] = [
  ["(global i32 (i32.const 7))", 0],
  ["(global (ref $none) (struct.new_default $none))", 16],
  ["(global (ref null $none) (ref.null $none)) (table 3 (ref null $none))", 0],
  ["(global (ref $bytes) (array.new_default $bytes (i32.const 100)))", 116],
  ["(global (ref $longs) (array.new $longs (i64.const 1) (i32.const 100)))", 816],
  ["(global (ref $longs) (array.new_fixed $longs 2 (i64.const 1) (i64.const 1)))", 32],
  [
    `(global (ref $all) (struct.new $all (i32.const 1) (i32.const 1) (i32.const 1) (i64.const 1)
      (f32.const 1) (f64.const 1) (v128.const i64x2 1 1) (ref.i31 (i32.const 1))
      (array.new_default $bytes (i32.const 9))))`,
    75 + 25,
  ],
  [
    `(global (ref $bytes) (array.new_default $bytes
      (i32.sub (i32.mul (i32.add (i32.const 2) (i32.const 5)) (i32.const 3)) (i32.const 1))))`,
    16 + 20,
  ],
  [
    `(global $n i32 (i32.const 50))
     (global (ref $shorts) (array.new_default $shorts (i32.add (global.get $n) (i32.const 1))))`,
    16 + 102,
  ],
  [
    `(table 5 (ref null $none))
     (elem (i32.const 1) (ref null $none) (struct.new_default $none) (struct.new_default $none))
     (elem (ref null $none) (item (struct.new_default $none)))`,
    48,
  ],
  [
    "(global (ref $bytes) (array.new_default $bytes (i32.mul (i32.const 0x10001) (i32.const 0x10000))))",
    16 + 0x10000,
  ],
];

Deno.test("allocation: constants count, and before all else", async (t) => {
  for (const [text, bytes] of CONSTANTS) {
    await t.step(text, () => {
      const module = moduleOf("(drop (struct.new_default $none))", text);
      assertEquals(parseModule(module).constantBytes, bytes);
      assertEquals(call(module, bytes + 15), [0, ALLOCATION_REFUSED]);
      assertEquals(call(module, bytes + 16), [1, 0]);
      if (bytes === 0) return;
      const error = assertThrows(
        () => meterModule(module, { maxAllocated: bytes - 1 }),
        LoadError,
        `${bytes} bytes of structures and arrays at the start, where ${
          bytes - 1
        } bytes are allowed`,
      );
      assertEquals(error.code, "wasm_unsupported");
    });
  }
});

Deno.test("allocation: a constant array must not be as long as an import says", () => {
  const text =
    `(global (ref $bytes) (array.new_default $bytes (i32.mul (global.get $n) (i32.const 2))))`;
  const module = assemble(`(module (import "a" "n" (global $n i32)) ${TYPES} ${text} (func $f))`);
  assertEquals(parseModule(module).constantBytes, Infinity);
  const message = "unsupported wasm: arrays of which an import decides the length at the start";
  assertThrows(() => meterModule(module, { maxAllocated: 2 ** 40 }), LoadError, message);
  assertEquals(typeof meterModule(module).abi.fuel, "string");
});
