// The metered module: its sections, what is appended to each, and the limits of engines.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import type { MeterAbi } from "../../lib/wasm/abi.ts";
import { concat, Writer } from "../../lib/wasm/bytes.ts";
import { meterModule, type MeterOptions } from "../../lib/wasm/meter.ts";
import { type Module, parseModule, SECTION } from "../../lib/wasm/module.ts";
import { rewrite } from "../../lib/wasm/rewrite.ts";
import { wat } from "../support/wat.ts";

const EVERYTHING = await wat(`(module
  (import "a" "f" (func $f (param i32)))
  (import "a" "g" (global i32))
  (type $t (func (result i64)))
  (table 3 funcref)
  (memory 1 5)
  (global (mut i64) i64.const 7)
  (tag (param i32))
  (export "z" (func $f))
  (func (type $t) loop i64.const 1 i64.eqz br_if 0 end data.drop $d i64.const 5)
  (func $s (export "a"))
  (start $s)
  (elem (i32.const 1) func $s)
  (data $d "passive")
  (data (i32.const 3) "active"))`);

const SOME = await wat(`(module (memory 1) (data (i32.const 0) "x"))`);

/** Ids of sections; how many functions, tables, globals, memories, exports, imports are added. */
const ROWS: [bytes: Uint8Array<ArrayBuffer>, MeterOptions, ids: string, added: number[]][] = [
  [await wat("(module)"), {}, "1 3 4 6 7 10", [5, 1, 2, 0, 3, 0]],
  [SOME, {}, "1 2 3 4 6 7 10 11", [5, 1, 2, 0, 3, 1]],
  [EVERYTHING, {}, "1 2 3 4 13 6 7 9 12 10 11", [5, 1, 2, 0, 4, 1]],
  [EVERYTHING, { memory: "own" }, "1 2 3 4 5 13 6 7 9 12 10 11", [5, 1, 2, 0, 4, 0]],
  [EVERYTHING, { profile: true }, "1 2 3 4 5 13 6 7 9 12 10 11", [7, 1, 2, 1, 5, 1]],
];

const idsOf = ({ sections }: Module) =>
  sections.map(({ id }) => id).filter((id) => id !== SECTION.custom).join(" ");

function countsOf(module: Module): number[] {
  const { functionCount, tableCount, globalCount, memoryCount, exports, imports } = module;
  return [functionCount, tableCount, globalCount, memoryCount, exports.length, imports.length];
}

Deno.test("rewrite: sections are in their places, and what is added is counted", () => {
  for (const [bytes, options, ids, added] of ROWS) {
    const before = countsOf(parseModule(bytes));
    const after = parseModule(meterModule(bytes, options).bytes);
    assertEquals(idsOf(after), ids);
    assertEquals(countsOf(after).map((count, index) => count - before[index]), added);
  }
});

Deno.test("rewrite: what is there comes first, and what is not metered is as it was", () => {
  const before = parseModule(EVERYTHING);
  const after = parseModule(meterModule(EVERYTHING, { profile: true }).bytes);
  for (const key of ["functionTypes", "types", "tables", "imports", "exports"] as const) {
    const kept: unknown = after[key].slice(0, before[key].length);
    assertEquals(JSON.stringify(kept), JSON.stringify(before[key]), key);
  }
  const added = after.exports.slice(before.exports.length);
  assertEquals(added.map(({ index }) => index), [2, 1, 3, before.start, 1]);
  for (const id of [SECTION.tag, SECTION.element, SECTION.dataCount, SECTION.data]) {
    const [content, copy] = [before, after].map(({ bytes, sections }) => {
      const { start, end } = sections.find((section) => section.id === id)!;
      return bytes.slice(start, end);
    });
    assertEquals(copy, content, `section ${id}`);
  }
});

/** A custom section with some content. */
function custom(name: string): Uint8Array {
  const body = new Writer(), out = new Writer();
  body.name(name);
  body.bytes([1, 2, 3]);
  out.section(SECTION.custom, body);
  return out.finish();
}

Deno.test("rewrite: branch hints are left out wherever they are, and nothing like them", () => {
  const hints = "metadata.code.branch_hint";
  const kept = [`${hints}s`, "branch_hint", "metadata.code.Branch_hint", ""];
  const { sections } = parseModule(SOME);
  // Before the first section, between any two, and after the last.
  const made = (names: string[]) => {
    const customs = names.map(custom);
    const parts = sections.flatMap(({ start, end }) => [...customs, SOME.subarray(start, end)]);
    return concat([SOME.subarray(0, 8), ...parts, ...customs]);
  };
  const { bytes } = meterModule(made([hints, ...kept, hints]));
  assertEquals(bytes, meterModule(made(kept)).bytes);
  const names = parseModule(bytes).sections.map(({ name }) => name);
  for (const name of kept) {
    assertEquals(names.filter((each) => each === name).length, sections.length + 1, name);
  }
});

const PLAIN = { start: undefined, memory: undefined, profile: undefined };
const ABI: MeterAbi = { fuel: "fuel", hook: "hook", growFailed: "failed", ...PLAIN };
const BOUNDS = { elements: undefined, allocated: undefined, callsAfterGrowth: false };
const EMPTY = parseModule(await wat("(module)"));
const TYPE = parseModule(EVERYTHING).types[0];

/** An outline that says that there are so many, the most of them, and how many are added. */
const MOST: [what: string, most: number, added: number, (count: number) => Partial<Module>][] = [
  ["types", 1_000_000, 3, (count) => ({ types: Array(count).fill(TYPE) })],
  ["functions", 1_000_000, 5, (functionCount) => {
    const none = new Uint8Array(functionCount);
    return { functionCount, addressTaken: none, referenced: none };
  }],
  ["tables", 100_000, 1, (tableCount) => ({ tableCount })],
  ["globals", 1_000_000, 2, (globalCount) => ({ globalCount })],
];

function assertRefused(refused: () => unknown, what: string, most: number): void {
  const { code, message } = assertThrows(refused, LoadError);
  const expected = `unsupported wasm: ${what} when metered, of which engines take ${most}`;
  assertEquals([code, message], ["wasm_unsupported", expected]);
}

Deno.test("rewrite: as many as engines take, with what is added", () => {
  for (const [what, most, added, outline] of MOST) {
    const write = (count: number) => rewrite({ ...EMPTY, ...outline(count) }, ABI, BOUNDS);
    assert(write(most - added).length > 0);
    assertRefused(() => write(most - added + 1), `${most + 1} ${what}`, most);
  }
});

Deno.test("rewrite: a body as long as engines take, with what is added", () => {
  const most = 7_654_321;
  // Function 1 of one import: so many bytes, nearly all of which do nothing.
  const made = (length: number) => {
    const out = new Writer(), body = new Writer(), code = new Writer();
    body.bytes([0]);
    body.bytes(new Uint8Array(length - 2).fill(0x01));
    body.bytes([0x0b]);
    code.u32(1);
    code.sized(body);
    out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0]);
    out.bytes([2, 7, 1, 1, 0x61, 1, 0x61, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 1]);
    out.section(SECTION.code, code);
    return out.finish();
  };
  const lengthOf = (length: number) => {
    const { starts, ends } = parseModule(meterModule(made(length)).bytes).bodies;
    return ends[0] - starts[0];
  };
  const added = lengthOf(100) - 100;
  assert(added > 0);
  assertEquals(lengthOf(most - added), most);
  assertRefused(() => lengthOf(most - added + 1), `function 1 of ${most + 1} bytes`, most);
});
