import { assert, assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Writer } from "../../lib/wasm/bytes.ts";
import { meterModule } from "../../lib/wasm/meter.ts";
import { parseModule, SECTION, type Table } from "../../lib/wasm/module.ts";
import { meter, PLENTY, runAllWays } from "../support/metered.ts";
import { wat } from "../support/wat.ts";

type Bounds = [least: number, most: number | undefined];

function boundsOf({ minimum, maximum }: Table): Bounds {
  return [minimum, maximum];
}

/** A module's fields, a bound, and what comes of the tables, or why it is refused. */
const ROWS: readonly [
  text: string,
  maxElements: number | undefined,
  expected: Bounds[] | string,
][] = [
  ["", 10, []],
  ["(table 2 funcref)", 10, [[2, 10]]],
  ["(table 2 5 funcref)", 10, [[2, 5]]],
  ["(table 2 10 funcref)", 10, [[2, 10]]],
  ["(table 2 11 funcref)", 10, [[2, 10]]],
  ["(table 2 0xffffffff externref)", 1_000_000, [[2, 1_000_000]]],
  ["(table 10 funcref)", 10, [[10, 10]]],
  ["(table 11 funcref)", 10, "table of 11 elements at the start, where 10 are allowed"],
  ["(table 0 funcref)", 0, [[0, 0]]],
  ["(table 1 funcref)", 0, "table of 1 elements at the start, where 0 are allowed"],
  ["(table 5 funcref) (table 1 3 externref)", 11, [[5, 5], [1, 3]]],
  [
    "(table 1 3 externref) (table 6 funcref)",
    11,
    "table of 6 elements at the start, where 5 are allowed in each of 2",
  ],
  [`(import "a" "t" (table 20 30 externref)) (table 2 funcref)`, 10, [[2, 10]]],
  [`(import "a" "t" (table 20 30 externref))`, 10, []],
  ["(table 2 funcref) (table 3 7 externref)", undefined, [[2, undefined], [3, 7]]],
];

Deno.test("meter: the tables that a module defines share what is allowed", async (t) => {
  for (const [text, maxElements, expected] of ROWS) {
    await t.step(`${text}, ${maxElements} allowed`, async () => {
      const bytes = await wat(`(module ${text})`);
      if (typeof expected === "string") {
        const error = assertThrows(() => meterModule(bytes, { maxElements }), LoadError);
        const message = `unsupported wasm: ${expected}`;
        return assertEquals([error.code, error.message], ["wasm_unsupported", message]);
      }
      const before = parseModule(bytes),
        after = parseModule(meterModule(bytes, { maxElements }).bytes);
      assertEquals(after.imports, before.imports);
      // The last one is ours.
      assertEquals(after.tables.map(boundsOf), [...expected, [1, 1]]);
      assertEquals(
        after.tables.slice(0, -1).map(({ element }) => element),
        before.tables.map(({ element }) => element),
      );
    });
  }
});

Deno.test("meter: a table with 64-bit indices keeps them", async () => {
  const bytes = await wat("(module (table i64 2 0xffffffff funcref) (table i64 3 funcref))");
  if (!WebAssembly.validate(bytes)) return;
  const { tables } = parseModule(meterModule(bytes, { maxElements: 600 }).bytes);
  assertEquals(tables.map(({ is64 }) => is64), [true, true, false]);
  assertEquals(tables.map(boundsOf), [[2, 300], [3, 300], [1, 1]]);
});

/** A module with those tables, encoded, of which the first is exported as `t`; function 0 answers 7. */
function tablesOf(count: number, tables: readonly number[]): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const sections: [id: number, content: readonly number[]][] = [
    [SECTION.type, [1, 0x60, 0, 1, 0x7f]],
    [SECTION.function, [1, 0]],
    [SECTION.table, [count, ...tables]],
    [SECTION.export, [1, 1, 0x74, 1, 0]],
    [SECTION.code, [1, 4, 0, 0x41, 7, 0x0b]],
  ];
  for (const [id, content] of sections) {
    const body = new Writer();
    body.bytes(content);
    out.section(id, body);
  }
  return out.finish();
}

Deno.test("meter: element types and initialisers of tables stay as they are", () => {
  const bytes = tablesOf(3, [
    ...[0x40, 0, 0x64, 0, 0, 0x82, 0x00, 0xd2, 0, 0x0b], // (ref 0), of 2 in two bytes, with function 0 in each
    ...[0x63, 0x6f, 1, 3, 0xff, 0x7f], // (ref null extern), of 3 to 16383
    ...[0x40, 0, 0x70, 1, 1, 2, 0xd0, 0x70, 0x0b],
  ]);
  const { exports } = meter(bytes, { maxElements: 30 });
  const table = exports.t as WebAssembly.Table;
  assertEquals([0, 1].map((i) => table.get(i)!()), [7, 7]);
  const { tables } = parseModule(meterModule(bytes, { maxElements: 30 }).bytes);
  assertEquals(tables.map(({ element }) => element), [
    ...["(ref 0)", "(ref null extern)", "funcref", "funcref"],
  ]);
  assertEquals(tables.map(boundsOf), [[2, 10], [3, 10], [1, 2], [1, 1]]);
});

/** `f` grows a table by as many elements as its parameter says. */
const GROWING = await wat(`(module
  (table $t (export "t") 4 funcref)
  (func (export "f") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))`);

Deno.test("meter: table.grow up to the bound, and -1 beyond it", () => {
  const { exports, fuel, setHook } = meter(GROWING, { maxElements: 10 });
  setHook(() => (fuel.value = PLENTY, 0));
  const grow = exports.f as (count: number) => number;
  const table = exports.t as WebAssembly.Table;
  assertEquals([grow(7), table.length, grow(5), table.length], [-1, 4, 4, 9]);
  assertEquals([grow(2), grow(1), grow(1), grow(0), table.length], [-1, 9, -1, 10, 10]);
  assertThrows(() => table.grow(1), RangeError);
  assertEquals(grow(-1), -1);
});

Deno.test("meter: within the bound a table is as it was", () => {
  for (const count of [0, 1, 6]) {
    const seen = runAllWays({ bytes: GROWING, args: [count], maxElements: 10 });
    assertEquals(seen, { outcome: { returned: 4 }, fuel: 4 + count, naive: 4 + count });
  }
});

Deno.test("meter: figures that are none are refused", () => {
  for (const name of ["maxPages", "maxElements", "maxAllocated"]) {
    for (const figure of [-1, 1.5, NaN, Infinity, 2 ** 53, "1", null]) {
      const error = assertThrows(() => meterModule(GROWING, { [name]: figure }), TypeError);
      assertEquals(error.message, `Cannot meter: ${name} must be an integer from 0 on`);
    }
    assert(meterModule(GROWING, { [name]: 2 ** 53 - 1 }).bytes.length > 0);
  }
});
