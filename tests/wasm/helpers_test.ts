// The functions that metering adds, on their own: which there are, and what each does.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ALLOCATION_REFUSED, MEMORY_REFUSED } from "../../lib/wasm/abi.ts";
import { Writer } from "../../lib/wasm/bytes.ts";
import { type Added, type Helpers, helpersOf } from "../../lib/wasm/helpers.ts";
import { parseModule } from "../../lib/wasm/module.ts";

const NONE = { allocatable: undefined, isWide: false, profile: undefined };
const BARE: Added = { types: 0, functions: 0, hook: 0, fuel: 0, growFailed: 1, ...NONE };
const FULL: Added = { ...BARE, functions: 1, allocatable: 2, isWide: true, profile: 0 };
const I32 = [0x7f, 1, 0x41, 0, 0x0b], I64_OF_1000 = [0x7e, 1, 0x42, 0xe8, 7, 0x0b];

/** A module that imports the hook, and exports the helpers by their index. */
function moduleOf({ types, functions }: Helpers): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  const section = (id: number, items: readonly (readonly number[] | Uint8Array)[]) => {
    const body = new Writer();
    body.u32(items.length);
    for (const item of items) body.bytes(item);
    out.section(id, body);
  };
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(1, types);
  section(2, [[...name("a"), ...name("hook"), 0, 0]]);
  section(3, functions.map(({ type }) => [type]));
  section(4, [[0x70, 0, 1]]);
  section(5, [[0, 1]]);
  section(6, [I32, I32, I64_OF_1000]);
  const globals = ["fuel", "failed", "left"].map((it, index) => [...name(it), 3, index]);
  const exported = functions.map((_, index) => [...name(String(index + 1)), 0, index + 1]);
  section(7, [[...name("memory"), 2, 0], ...globals, ...exported]);
  section(9, [[0, 0x41, 0, 0x0b, 1, 0]]);
  section(10, functions.map(({ body: { length, view } }) => [length, ...view]));
  return out.finish();
}

/** An instance of the helpers, whose hook notes the fuel, sets it to 50, and answers. */
function run(fuel: number, answer = 0) {
  const helpers = helpersOf(FULL), found: number[] = [];
  const hook = () => {
    found.push(value("fuel") as number);
    (exports.fuel as WebAssembly.Global).value = 50;
    return answer;
  };
  const module = new WebAssembly.Module(moduleOf(helpers));
  const { exports } = new WebAssembly.Instance(module, { a: { hook } });
  const value = (name: string) => (exports[name] as WebAssembly.Global).value as number | bigint;
  (exports.fuel as WebAssembly.Global).value = fuel;
  const call = (index: number, ...args: unknown[]) =>
    (exports[index] as (...args: unknown[]) => unknown)(...args);
  return { call, value, found, exports, ...helpers.runtime, profile: helpers.runtime.profile! };
}

const ROWS: [added: Partial<Added>, signatures: string][] = [
  [{}, ""],
  [{ isWide: true }, " i64->i64 i64->i64"],
  [{ allocatable: 2 }, " i64-> i32,i64->i32"],
  [{ profile: 0 }, " i32,i32-> i32,i32->i32"],
  [{ profile: 0, isWide: true }, " i64->i64 i64->i64 i32,i32-> i32,i32->i32 i64,i32->i64"],
];

Deno.test("helpers: as many as are needed, each of its type", () => {
  for (const [added, signatures] of ROWS) {
    const bytes = moduleOf(helpersOf({ ...BARE, functions: 1, ...added }));
    assert(WebAssembly.validate(bytes));
    const { types, functionTypes } = parseModule(bytes);
    const all = types.map((type) => type.kind === "func" ? type.signature : type.kind);
    assertEquals([all[0], new Set(all).size], ["->i32", all.length]);
    const found = [...functionTypes].map((type) => all[type]).join(" ");
    assertEquals(found, "-> i32->i32 i32->i32 i32->i32 i32->i32" + signatures);
  }
  assertEquals(helpersOf(BARE).runtime.profile, undefined);
});

Deno.test("helpers: the hook lets the guest go on with 0 alone", () => {
  for (const answer of [1, -1]) {
    const { call, refuel } = run(-1, answer);
    assertThrows(() => call(refuel), WebAssembly.RuntimeError);
  }
  const { call, refuel, refuelLocal, found } = run(-3);
  assertEquals([call(refuel), call(refuelLocal, -5), found], [undefined, 50, [-3, -5]]);
});

Deno.test("helpers: taking units asks the hook below zero only", () => {
  for (const [units, left, asked] of [[9, 1, []], [10, 0, []], [11, 50, [-1]]] as const) {
    const one = run(10), other = run(10);
    assertEquals([one.call(one.reload, units), one.found], [left, [...asked]]);
    assertEquals([other.call(other.bulk[0], units), other.found], [units, [...asked]]);
    assertEquals([one.value("fuel"), other.value("fuel")], [left, left]);
  }
});

Deno.test("helpers: a length is unsigned, at most 2^40, and taken in steps that fit", () => {
  const long: [wide: 0 | 1, length: number | bigint, units: number][] = [
    ...[[0, 2 ** 30 - 1, 2 ** 30 - 1], [0, 2 ** 30, 2 ** 30], [0, -1, 2 ** 32 - 1]] as const,
    ...[[1, 2n ** 40n, 2 ** 40], [1, 2n ** 40n + 1n, 2 ** 40], [1, -1n, 2 ** 40]] as const,
  ].map(([wide, length, units]) => [wide, length, units]);
  for (const [wide, length, units] of long) {
    const { call, bulk, found, value } = run(50);
    assertEquals(call(bulk[wide], length), length);
    assertEquals(
      50 * found.length - found.reduce((a, b) => a + b) + 50 - Number(value("fuel")),
      units,
    );
    assert(found.every((fuel) => fuel < 0 && fuel >= -(2 ** 30)));
  }
});

Deno.test("helpers: what failed is noted, and stays so", () => {
  for (const [wide, pages, refused] of [[0, 1, -1], [1, 2n ** 32n - 1n, -1n]] as const) {
    const { call, value, grown } = run(0);
    const failed = [pages, refused, pages].map((x) => [call(grown[wide], x), value("failed")]);
    const expected = [[pages, 0], [refused, MEMORY_REFUSED], [pages, MEMORY_REFUSED]];
    assertEquals(failed, expected);
  }
  const { call, value, allocate, allocateArray } = run(0);
  assertEquals([call(allocateArray, 2, 8n), value("left")], [2, 1000n - 16n - 2n * 8n]);
  assertThrows(() => call(allocate, 969n), WebAssembly.RuntimeError);
  assertEquals([value("failed"), value("left")], [ALLOCATION_REFUSED, 968n]);
  call(allocate, 968n);
  assertEquals(value("left"), 0n);
});

Deno.test("helpers: a profile adds up, for each function by itself", () => {
  const { call, exports, profile: { note, noteBulk: [noteBulk, noteBulkWide] } } = run(0);
  call(note, 1, 7);
  call(note, 1, -2); // what others have paid for
  assertEquals([call(noteBulk, -1, 2), call(noteBulk, 5, 2)], [-1, 5]);
  assertEquals([call(noteBulkWide, -1n, 3), call(noteBulkWide, 3n, 3)], [-1n, 3n]);
  const counts = new BigInt64Array((exports.memory as WebAssembly.Memory).buffer);
  assertEquals([...counts.subarray(0, 5)], [0n, 5n, 2n ** 32n + 4n, 2n ** 40n + 3n, 0n]);
});
