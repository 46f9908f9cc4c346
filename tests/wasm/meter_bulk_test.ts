import { assertEquals, assertThrows } from "@std/assert";
import { assemble } from "../support/binaryen.ts";
import { meter } from "../support/metered.ts";
import { returned, type Row, testRows } from "../support/meter_rows.ts";
import { wat } from "../support/wat.ts";

/** An operator, of as many bytes or elements as parameter 0 says, with its operands; and what all that costs besides. */
type Bulk = readonly [text: string, cost: number];

const ON_MEMORIES_AND_TABLES: readonly Bulk[] = [
  ["i32.const 5 i32.const 7 local.get 0 memory.fill", 4],
  ["i32.const 5 i32.const 9 local.get 0 memory.copy", 4],
  ["i32.const 5 i32.const 0 local.get 0 memory.init $data", 4],
  ["i32.const 5 ref.func $x local.get 0 table.fill $table", 4],
  ["i32.const 5 i32.const 2 local.get 0 table.copy $table $table", 4],
  ["i32.const 5 i32.const 0 local.get 0 table.init $table $elements", 4],
  ["ref.func $x local.get 0 table.grow $table drop", 3],
];

const ON_ARRAYS: readonly Bulk[] = [
  ["(drop (array.new $i8 (i32.const 7) (local.get 0)))", 3],
  ["(drop (array.new_default $i8 (local.get 0)))", 2],
  ["(drop (array.new_data $i8 $data (i32.const 0) (local.get 0)))", 3],
  ["(drop (array.new_elem $func $elements (i32.const 0) (local.get 0)))", 3],
  ["(array.fill $i8 (global.get $bytes) (i32.const 5) (i32.const 7) (local.get 0))", 5],
  [
    "(array.copy $i8 $i8 (global.get $bytes) (i32.const 5) (global.get $bytes) (i32.const 1) (local.get 0))",
    6,
  ],
  ["(array.init_data $i8 $data (global.get $bytes) (i32.const 5) (i32.const 0) (local.get 0))", 5],
  [
    "(array.init_elem $func $elements (global.get $functions) (i32.const 5) (i32.const 0) (local.get 0))",
    5,
  ],
];

/** `f` runs `body` and notes in a global that it came to its end: 2 units, and 1 for the entry. */
function onMemories(body: string): string {
  return `(memory (export "memory") 1)
    (table $table (export "table") 10 40 funcref)
    (global $done (export "done") (mut i32) i32.const 0)
    (func $x)
    (elem $elements func $x $x $x $x)
    (data $data "0123456789")
    (func (export "f") (param i32) ${body} i32.const 1 global.set $done)`;
}

/** The same with arrays. */
function onArrays(body: string): string {
  return `(type $i8 (array (mut i8)))
    (type $func (array (mut funcref)))
    (global $bytes (ref $i8) (array.new_default $i8 (i32.const 20)))
    (global $functions (ref $func) (array.new_default $func (i32.const 20)))
    (global $done (export "done") (mut i32) (i32.const 0))
    (func $x)
    (elem $elements func $x $x $x $x)
    (data $data "0123456789")
    (func (export "f") (param i32) ${body} (global.set $done (i32.const 1)))`;
}

const FRAME = 3;
const HUGE = 2 ** 32 - 1;

function rows(operators: readonly Bulk[], module: (body: string) => string): Row[] {
  return operators.flatMap(([text, cost]): Row[] => {
    const decrement = `(br_if 0 (i32.gt_s
      (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0)))`;
    const once = FRAME + cost, round = cost + 7;
    return [
      {
        name: text,
        text: module(text),
        calls: [
          [[0], returned(), once],
          [[3], returned(), once + 3],
          // table.grow answers -1.
          text.includes("grow") ? [[-1], returned(), once + HUGE] : [[-1], "trap", once + HUGE],
        ],
      },
      {
        name: `${text}, in a loop`,
        text: module(`(loop ${text} ${decrement})`),
        calls: [
          [[0], returned(), FRAME + round],
          [[3], returned(), FRAME + 3 * round + 3 + 2 + 1],
        ],
      },
    ];
  });
}

testRows(
  "meter: bulk operators on memories and tables",
  wat,
  rows(ON_MEMORIES_AND_TABLES, onMemories),
);
testRows("meter: bulk operators on arrays", assemble, rows(ON_ARRAYS, onArrays));

testRows("meter: bulk operators with 64-bit lengths, or one of two", wat, [
  {
    name: "memory.fill up to 2^40, as beyond there is no memory",
    text: `(memory i64 1)
      (func (export "f") (param i64) i64.const 0 i32.const 0 local.get 0 memory.fill)`,
    wide: true,
    memory: "own",
    calls: [
      [[3n], returned(), 8],
      [[2n ** 40n], "trap", 5 + 2 ** 40],
      [[2n ** 40n + 1n], "trap", 6 + 2 ** 40],
      [[2n ** 53n], "trap", 5 + 2 ** 53],
    ],
  },
  {
    name: "memory.copy in one memory and between two",
    text: `(memory $a i64 1) (memory $b 1) (memory $c i64 1)
      (func (export "f") (param i32)
        i64.const 0 i64.const 0 local.get 0 i64.extend_i32_u memory.copy $a $c
        i64.const 0 i32.const 0 local.get 0 memory.copy $a $b
        i32.const 0 i64.const 0 local.get 0 memory.copy $b $a
        i32.const 0 i32.const 0 local.get 0 memory.copy $b $b)`,
    wide: true,
    memory: "own",
    calls: [[[9], returned(), 1 + 17 + 36]],
  },
  {
    name: "memory.init, of which the length has always 32 bits",
    text: `(memory i64 1) (data "0123")
      (func (export "f") (param i32) i64.const 0 i32.const 0 local.get 0 memory.init 0)`,
    wide: true,
    memory: "own",
    calls: [[[4], returned(), 9], [[5], "trap", 10]],
  },
  {
    name: "tables",
    text: `(table $a i64 9 20 funcref) (table $b 9 20 funcref) (func $x)
      (elem $e func $x $x)
      (func (export "f") (param i32)
        i64.const 0 ref.func $x local.get 0 i64.extend_i32_u table.fill $a
        i64.const 0 i64.const 3 local.get 0 i64.extend_i32_u table.copy $a $a
        i64.const 0 i32.const 0 local.get 0 table.copy $a $b
        i32.const 0 i64.const 0 local.get 0 table.copy $b $a
        i64.const 0 i32.const 0 local.get 0 table.init $a $e
        ref.func $x local.get 0 i64.extend_i32_u table.grow $a drop)`,
    wide: true,
    calls: [[[0], returned(), 1 + 26], [[2], returned(), 1 + 26 + 12]],
  },
]);

/** Of what an operator may change; the arrays are seen from inside only. */
function snapshot({ memory, table, done }: WebAssembly.Exports): unknown {
  return [
    memory instanceof WebAssembly.Memory && new Uint8Array(memory.buffer.slice(0, 100)),
    table instanceof WebAssembly.Table &&
    Array.from({ length: table.length }, (_, i) => table.get(i)),
    (done as WebAssembly.Global).value,
  ];
}

Deno.test("meter: a bulk operator that is not paid for does not start", async (t) => {
  const modules: [text: string, cost: number, bytes: Uint8Array<ArrayBuffer>][] = [];
  for (const [text, cost] of ON_MEMORIES_AND_TABLES) {
    modules.push([text, cost, await wat(`(module ${onMemories(text)})`)]);
  }
  for (const [text, cost] of ON_ARRAYS) {
    modules.push([text, cost, assemble(`(module ${onArrays(text)})`)]);
  }
  for (const [text, cost, bytes] of modules) {
    await t.step(text, () => {
      const { exports, fuel, setHook } = meter(bytes);
      const before = snapshot(exports);
      const run = exports.f as (length: number) => void;
      const seen: number[] = [];
      setHook(() => seen.push(fuel.value));
      // Enough for all but the length.
      fuel.value = FRAME + cost;
      assertThrows(() => run(3), WebAssembly.RuntimeError);
      fuel.value = FRAME + cost + 2;
      assertThrows(() => run(3), WebAssembly.RuntimeError);
      assertEquals(seen, [-3, -1]);
      fuel.value = 1;
      assertThrows(() => run(-1), WebAssembly.RuntimeError);
      assertEquals(snapshot(exports), before);
      assertEquals(seen.length, 3);
      fuel.value = FRAME + cost + 3;
      run(3);
      assertEquals([fuel.value, seen.length], [0, 3]);
    });
  }
});
