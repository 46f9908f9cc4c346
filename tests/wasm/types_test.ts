// Heap types, value types and function types: their names, how long they are, what they take.
import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Reader } from "../../lib/wasm/bytes.ts";
import {
  FunctionType,
  readFieldSize,
  readHeapType,
  readValueType,
  skipValueType,
} from "../../lib/wasm/types.ts";

const REF = 0x64, REF_NULL = 0x63, EMPTY = 0x40;
/** The type index 2^32 - 1. */
const LAST_INDEX = [0xff, 0xff, 0xff, 0xff, 0x0f];

/** What reading those bytes, with one more after them, answers and takes; or what it throws. */
function read(bytes: readonly number[], using: (reader: Reader) => unknown): unknown {
  const reader = new Reader(Uint8Array.of(...bytes, 0x7f));
  try {
    return [using(reader), reader.pos];
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

/** Byte, name as a heap type, and name of the nullable reference to it. */
const HEAP_TYPES: readonly (readonly [byte: number, name: string, reference: string])[] = [
  [0x70, "func", "funcref"],
  [0x6f, "extern", "externref"],
  [0x6e, "any", "anyref"],
  [0x6d, "eq", "eqref"],
  [0x6c, "i31", "i31ref"],
  [0x6b, "struct", "structref"],
  [0x6a, "array", "arrayref"],
  [0x69, "exn", "exnref"],
  [0x71, "none", "nullref"],
  [0x72, "noextern", "nullexternref"],
  [0x73, "nofunc", "nullfuncref"],
  [0x74, "noexn", "nullexnref"],
];

/** A type of a value or a field, its name, and the bytes of such a field. */
const VALUE_TYPES: readonly (readonly [bytes: readonly number[], name: string, size: number])[] = [
  [[0x7f], "i32", 4],
  [[0x7e], "i64", 8],
  [[0x7d], "f32", 4],
  [[0x7c], "f64", 8],
  [[0x7b], "v128", 16],
  [[0x78], "i8", 1],
  [[0x77], "i16", 2],
  [[0xfe, 0x7f], "i64", 8],
  [[REF, 0x70], "(ref func)", 8],
  [[REF_NULL, 0x71], "(ref null none)", 8],
  [[REF, 0x80, 0x01], "(ref 128)", 8],
  [[REF_NULL, ...LAST_INDEX], "(ref null 4294967295)", 8],
  ...HEAP_TYPES.map(([byte, , name]) => [[byte], name, 8] as const),
];

Deno.test("types: heap types", () => {
  for (const [byte, name] of HEAP_TYPES) assertEquals(read([byte], readHeapType), [name, 1]);
  assertEquals(read([0], readHeapType), ["0", 1]);
  assertEquals(read([0xc0, 0], readHeapType), ["64", 2]);
  assertEquals(read(LAST_INDEX, readHeapType), ["4294967295", 5]);
  const long = "wasm_invalid: invalid wasm: integer of more than 33 bits at offset 0";
  assertEquals(read([0xff, 0xff, 0xff, 0xff, 0x1f], readHeapType), long);
});

Deno.test("types: value types by name, by length, and by what a field of them takes", () => {
  for (const [bytes, name, size] of VALUE_TYPES) {
    assertEquals(read(bytes, readValueType), [name, bytes.length]);
    assertEquals(read(bytes, skipValueType), [undefined, bytes.length], name);
    assertEquals(read(bytes, readFieldSize), [size, bytes.length], name);
  }
});

Deno.test("types: what is skipped is what is read, and also no type and a type index", () => {
  for (let byte = 0; byte <= 0xff; byte++) {
    const isBlockType = byte <= EMPTY;
    const expected = isBlockType
      ? [undefined, 1]
      : read([byte, 0x70], (it) => void readValueType(it));
    assertEquals(read([byte, 0x70], skipValueType), expected, `${byte}`);
    if (!isBlockType) continue;
    const code = byte.toString(16).padStart(2, "0");
    const error = `wasm_unsupported: unsupported wasm: value type 0x${code} at offset 0`;
    assertEquals(read([byte], readValueType), error);
  }
  assertEquals(read(LAST_INDEX, skipValueType), [undefined, 5]);
});

Deno.test("types: an unknown type is named where it is", () => {
  const unknown = (what: string) => `wasm_unsupported: unsupported wasm: ${what}`;
  for (const byte of [0x75, 0x68, EMPTY]) {
    const code = byte.toString(16);
    assertEquals(read([byte], readHeapType), unknown(`heap type 0x${code} at offset 0`));
    for (const using of [readValueType, skipValueType, readFieldSize]) {
      assertEquals(read([REF, byte], using), unknown(`heap type 0x${code} at offset 1`));
      assertEquals(read([0x67], using), unknown("value type 0x67 at offset 0"));
    }
  }
});

Deno.test("types: a function type", () => {
  const v128 = 0x7b, i32 = 0x7f, i64 = 0x7e;
  const rows: [bytes: number[], signature: string, counts: number[], paramBytes: number][] = [
    [[0, 0], "->", [0, 0], 0],
    [[1, i32, 0], "i32->", [1, 0], 4],
    [[0, 2, i64, 0x70], "->i64,funcref", [0, 2], 0],
    [[4, v128, REF_NULL, 5, i64, 0x6f, 1, i32], "v128,(ref null 5),i64,externref->i32", [4, 1], 40],
  ];
  for (const [bytes, signature, counts, paramBytes] of rows) {
    const reader = new Reader(Uint8Array.of(9, 9, ...bytes, 9), 2);
    const type = new FunctionType(reader);
    assertEquals(reader.pos, 2 + bytes.length);
    assertEquals([type.kind, type.signature, type.paramBytes], ["func", signature, paramBytes]);
    assertEquals([type.params, type.results], counts);
    for (let length = 0; length < bytes.length; length++) {
      const cut = new Reader(Uint8Array.from(bytes), 0, length);
      assertEquals(assertThrows(() => new FunctionType(cut), LoadError).code, "wasm_invalid");
    }
  }
});
