// Constant expressions: what they come to, what they make, and which functions they name.
import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Reader, Writer } from "../../lib/wasm/bytes.ts";
import { readConstant, readFunctionIndex, readReference } from "../../lib/wasm/constants.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import type { Draft } from "../../lib/wasm/outline.ts";
import { assemble } from "../support/binaryen.ts";

/** Types 0 and 1 are an array and a structure; global 0 is imported; there are 4 functions. */
const MODULE = assemble(`(module
  (type $longs (array (mut i64)))
  (type $pair (struct (field i32) (field i8)))
  (import "host" "n" (global $n i32))
  (global $forty i32 (i32.const 40))
  (global $long i64 (i64.const 40))
  (func) (func) (func)
  (func (drop (array.new_default $longs (i32.const 0))) (drop (struct.new_default $pair))))`);

const END = 0x0b, ADD = 0x6a, SUB = 0x6b, MUL = 0x6c, I64_CONST_7 = [0x42, 7];
const GLOBAL = (index: number) => [0x23, index];
const REF_FUNC = (index: number) => [0xd2, index];
const ARRAY_NEW = [0xfb, 0x06, 0], ARRAY_NEW_DEFAULT = [0xfb, 0x07, 0];
const ARRAY_NEW_FIXED = (length: number) => [0xfb, 0x08, 0, length];
const STRUCT_NEW = [0xfb, 0x00, 1], STRUCT_NEW_DEFAULT = [0xfb, 0x01, 1];

function i32(value: number): number[] {
  const out = new Writer();
  out.u8(0x41);
  out.s32(value);
  return [...out.finish()];
}

/** The module above as if it were still being read. */
const draft = () => parseModule(MODULE) as Draft;

function read(code: readonly number[], module = draft()): number | undefined {
  const reader = new Reader(Uint8Array.of(...code, END, END));
  const value = readConstant(module, reader);
  assertEquals(reader.pos, code.length + 1, "it ends after its own end");
  return value;
}

/** An expression and its value, as far as it is known. */
const VALUES: readonly (readonly [name: string, code: readonly number[], value?: number])[] = [
  ["the least constant", i32(-(2 ** 31)), -(2 ** 31)],
  ["a constant that looks like the end", i32(END), END],
  ["a sum that wraps", [...i32(2 ** 31 - 1), ...i32(1), ADD], -(2 ** 31)],
  ["a difference that wraps", [...i32(-(2 ** 31)), ...i32(1), SUB], 2 ** 31 - 1],
  ["a product that wraps", [...i32(2 ** 31 - 1), ...i32(2 ** 31 - 1), MUL], 1],
  ["one operator after another", [...i32(10), ...i32(1), ...i32(2), ADD, SUB], 7],
  ["a global", GLOBAL(1), 40],
  ["a sum with a global", [...GLOBAL(1), ...i32(2), ADD], 42],
  ["a global of another type", GLOBAL(2)],
  ["an imported global", GLOBAL(0)],
  ["a sum with an imported global", [...GLOBAL(0), ...i32(2), ADD]],
  ["a difference from a global that there is not", [...i32(2), ...GLOBAL(99), SUB]],
  ["the last of two", [...i32(1), ...i32(2)], 2],
  ["another type", I64_CONST_7],
  ["a reference", [...i32(5), ...REF_FUNC(1)]],
  ["an array", [...i32(3), ...ARRAY_NEW_DEFAULT]],
  ["nothing", []],
  ["a sum of nothing", [ADD]],
  ["a sum of one", [...i32(1), MUL]],
];

Deno.test("constants: values", () => {
  for (const [name, code, value] of VALUES) assertEquals(read(code), value, name);
});

Deno.test("constants: the bytes of what is made add up", () => {
  const rows: [code: number[], bytes: number][] = [
    [i32(100), 0],
    [STRUCT_NEW_DEFAULT, 16 + 5],
    [[...i32(1), ...i32(2), ...STRUCT_NEW], 16 + 5],
    [[...i32(0), ...ARRAY_NEW_DEFAULT], 16],
    [[...i32(3), ...ARRAY_NEW_DEFAULT], 16 + 24],
    [[...i32(-1), ...ARRAY_NEW_DEFAULT], 16 + 8 * (2 ** 32 - 1)],
    [[...I64_CONST_7, ...i32(1), ...i32(2), ADD, ...ARRAY_NEW], 16 + 24],
    [[...I64_CONST_7, ...GLOBAL(1), ...ARRAY_NEW], 16 + 320],
    [[...I64_CONST_7, ...GLOBAL(0), ...ARRAY_NEW], Infinity],
    [[...I64_CONST_7, ...I64_CONST_7, ...ARRAY_NEW_FIXED(2)], 16 + 16],
    [[...STRUCT_NEW_DEFAULT, ...i32(1), ...ARRAY_NEW_DEFAULT], 16 + 5 + 16 + 8],
  ];
  for (const [code, bytes] of rows) {
    const module = draft();
    for (const times of [1, 2]) {
      read(code, module);
      assertEquals(module.constantBytes, times * bytes, `${code}`);
    }
  }
});

Deno.test("constants: a function that is named by reference, or otherwise", () => {
  type Using = (module: Draft, reader: Reader) => unknown;
  const rows: [using: Using, bytes: number[], named: number[]][] = [
    [readConstant, [...REF_FUNC(3), END], [1, 1]],
    [readReference, [3], [1, 1]],
    [(module, reader) => assertEquals(readFunctionIndex(module, reader), 3), [3], [1, 0]],
  ];
  for (const [using, bytes, [addressTaken, referenced]] of rows) {
    const module = draft();
    using(module, new Reader(Uint8Array.from(bytes)));
    assertEquals([...module.addressTaken], [0, 0, 0, addressTaken]);
    assertEquals([...module.referenced], [0, 0, 0, referenced]);
    const beyond = new Reader(Uint8Array.from(bytes, (byte) => byte === 3 ? 4 : byte));
    assertThrows(() => using(module, beyond), LoadError, "there is no function 4 at offset");
  }
});

Deno.test("constants: what is none is refused", () => {
  const rows: [code: number[], error: string][] = [
    [[...i32(1), 0x04, 0x40, END], "invalid wasm: if in a constant expression at offset 2"],
    [[0x10, 0, END], "invalid wasm: call in a constant expression at offset 0"],
    [[], "invalid wasm: unexpected end at offset 0"],
    [i32(1), "invalid wasm: unexpected end at offset 2"],
    [[...i32(1), 0x27, END], "unsupported wasm: opcode 0x27 at offset 2"],
  ];
  for (const [code, message] of rows) {
    const reader = new Reader(Uint8Array.from(code));
    assertEquals(assertThrows(() => readConstant(draft(), reader), LoadError).message, message);
  }
});
