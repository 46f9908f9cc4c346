import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { meterModule, type MeterOptions } from "../../lib/wasm/meter.ts";
import { meter } from "../support/metered.ts";
import { returned, testRows } from "../support/meter_rows.ts";
import { wat } from "../support/wat.ts";

Deno.test("meter: the memory", async (t) => {
  const imported = (initial: number, maximum: number) => ({
    module: "__rt_host",
    name: "__rt_memory",
    initial,
    maximum,
  });
  const rows: [text: string, options: MeterOptions, expected: object | string | undefined][] = [
    ["(memory 1)", {}, imported(1, 65_536)],
    ["(memory 1)", { memory: "import", maxPages: 10 }, imported(1, 10)],
    ["(memory 2 5)", {}, imported(2, 5)],
    ["(memory 2 5)", { maxPages: 3 }, imported(2, 3)],
    ["(memory 2 5)", { maxPages: 9 }, imported(2, 5)],
    ["(memory 0 0)", {}, imported(0, 0)],
    ["(memory 3)", { maxPages: 3 }, imported(3, 3)],
    ["(memory 3)", { maxPages: 2 }, "memory of 3 pages at the start, where 2 are allowed"],
    ["(memory 3)", { maxPages: 2, memory: "own" }, undefined],
    ["", {}, undefined],
    [`(import "a" "m" (memory 1))`, {}, "imported memory"],
    [`(import "a" "m" (memory 1))`, { memory: "own" }, undefined],
    [`(import "a" "m" (memory 1)) (memory 1)`, {}, "2 memories"],
    ["(memory 1) (memory 1)", {}, "2 memories"],
    ["(memory 1) (memory 1)", { memory: "own" }, undefined],
    ["(memory 1 1 shared)", {}, "shared memory"],
    ["(memory 1 1 shared)", { memory: "own" }, undefined],
    ["(memory i64 1)", {}, "64-bit memory"],
    ["(memory i64 1)", { memory: "own" }, undefined],
  ];
  for (const [text, options, expected] of rows) {
    await t.step(`${text} ${JSON.stringify(options)}`, async () => {
      const bytes = await wat(`(module ${text})`);
      if (text.includes("i64") && !WebAssembly.validate(bytes)) return;
      if (typeof expected !== "string") {
        return assertEquals(meterModule(bytes, options).abi.memory, expected as undefined);
      }
      const error = assertThrows(() => meterModule(bytes, options), LoadError);
      assertEquals([error.code, error.message], [
        "wasm_unsupported",
        `unsupported wasm: ${expected}`,
      ]);
    });
  }
});

Deno.test("meter: an imported memory is the guest's, with its data, and as bounded as the host made it", async () => {
  const bytes = await wat(`(module
    (memory (export "memory") 1 9)
    (data (i32.const 5) "hello")
    (func (export "load") (param i32) (result i32) local.get 0 i32.load8_u)
    (func (export "grow") (param i32) (result i32) local.get 0 memory.grow))`);
  const { exports, growFailed } = meter(bytes, { maxPages: 3 });
  const { load, grow } = exports as Record<string, (x: number) => number>;
  const memory = exports.memory as WebAssembly.Memory;
  assertEquals([load(5), new Uint8Array(memory.buffer)[9]], [104, 111]);
  assertEquals([grow(1), grow(0), growFailed.value], [1, 2, 0]);
  assertEquals([grow(2), growFailed.value, grow(1), growFailed.value], [-1, 1, 2, 1]);
  assertEquals(memory.buffer.byteLength, 3 * 65_536);
});

testRows("meter: memories of other kinds", wat, [
  {
    name: "several",
    memory: "own",
    text: `(import "host" "memory" (memory $a 1))
      (memory $b (export "b") 1 2)
      (func (export "f") (param i32) (result i32)
        loop
          local.get 0 local.get 0 i32.store $a
          local.get 0 local.get 0 i32.load $a i32.store $b offset=4
          local.get 0 i32.const 8 i32.sub local.tee 0 br_if 0
        end
        i32.const 1 memory.grow $b
        i32.const 1 memory.grow $b i32.add
        i32.const 12 i32.load $b i32.add)`,
    imports: () => ({ host: { memory: new WebAssembly.Memory({ initial: 1 }) } }),
    calls: [[[16], returned(8), 33]],
  },
  {
    name: "with 64-bit addresses",
    memory: "own",
    wide: true,
    text: `(memory (export "m") i64 1 2)
      (func (export "f") (param i64) (result i64)
        loop
          local.get 0 local.get 0 i64.store offset=8
          local.get 0 i64.const 8 i64.sub local.tee 0 i64.eqz i32.eqz br_if 0
        end
        i64.const 1 memory.grow i64.const 1 memory.grow i64.add
        i64.const 24 i64.load i64.add)`,
    calls: [[[64n], returned(16n), 89]],
  },
  {
    name: "shared",
    memory: "own",
    text: `(memory (export "m") 1 1 shared)
      (func (export "f") (param i32) (result i32)
        loop
          i32.const 8 local.get 0 i32.atomic.rmw.add drop
          atomic.fence
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
        end
        i32.const 8 i32.const 1 memory.atomic.notify
        i32.const 8 i32.atomic.load i32.add)`,
    calls: [[[9], returned(45), 88]],
  },
  {
    name: "none shared, with atomics, vectors and conversions",
    text: `(memory (export "m") 1)
      (global i32 i32.const 2 i32.const 3 i32.mul)
      (func (export "f") (param i32) (result i32)
        loop
          i32.const 16 local.get 0 i32.atomic.rmw.add drop
          i32.const 16 i32.const 16 v128.load i32.const 7 i32x4.splat i32x4.add v128.store
          local.get 0 f64.convert_i32_u f64.sqrt i32.trunc_sat_f64_u i32.extend8_s local.tee 0
          global.get 0 i32.gt_u br_if 0
        end
        i32.const 16 v128.load i32x4.extract_lane 0)`,
    calls: [[[3000], returned(3082), 61]],
  },
]);
