/**
 * Heap types, value types, function types: their encoding and their names.
 *
 * @see https://webassembly.github.io/spec/core/binary/types.html
 * @module
 */

import { Reader } from "./bytes.ts";

/** By s33: the abstract heap types, which are below zero; from zero on it is a type index. */
const HEAP_TYPES: ReadonlyMap<number, string> = new Map([
  [-0x10, "func"],
  [-0x11, "extern"],
  [-0x12, "any"],
  [-0x13, "eq"],
  [-0x14, "i31"],
  [-0x15, "struct"],
  [-0x16, "array"],
  [-0x17, "exn"],
  [-0x0f, "none"],
  [-0x0e, "noextern"],
  [-0x0d, "nofunc"],
  [-0x0c, "noexn"],
]);

/** By s33: the value types of one byte, and the packed types, which only fields have. */
const VALUE_TYPES: ReadonlyMap<number, string> = new Map([
  [-0x01, "i32"],
  [-0x02, "i64"],
  [-0x03, "f32"],
  [-0x04, "f64"],
  [-0x05, "v128"],
  [-0x08, "i8"],
  [-0x09, "i16"],
  ...[...HEAP_TYPES].map(([code, name]): [number, string] => [code, reference(name)]),
]);

/** By s33: bytes of a field of that type; a reference takes {@linkcode REFERENCE_BYTES}. */
const FIELD_BYTES: ReadonlyMap<number, number> = new Map([
  [-0x01, 4],
  [-0x02, 8],
  [-0x03, 4],
  [-0x04, 8],
  [-0x05, 16],
  [-0x08, 1],
  [-0x09, 2],
]);
const REFERENCE_BYTES = 8;

const REF = -0x1c, REF_NULL = -0x1d;
/** By s33: the block type of neither params nor results. */
export const EMPTY: number = -0x40;

/** By byte: whether it is a whole type, empty block type included, which is nearly always so. */
const IS_SHORT = new Uint8Array(0x100);
for (const code of [EMPTY, ...VALUE_TYPES.keys()]) IS_SHORT[code & 0x7f] = 1;

/** The text format's short name of the nullable reference to an abstract heap type. */
function reference(heapType: string): string {
  return heapType === "none" ? "nullref" : `${heapType.replace(/^no(?!ne)/, "null")}ref`;
}

/**
 * Reads a heap type and answers its name, or the index of the type that it is.
 *
 * @throws {LoadError} `wasm_unsupported` for an abstract type that is not known here.
 */
export function readHeapType(reader: Reader): string {
  const start = reader.pos;
  const code = reader.s33();
  const name = code < 0 ? HEAP_TYPES.get(code) : String(code);
  if (name === undefined) throw reader.unsupported("heap type", start);
  return name;
}

/**
 * Reads a value type, or the type of a field, and answers its name in the text format: `i32`, `funcref`, `(ref null 3)`.
 *
 * @throws {LoadError} `wasm_unsupported` for one that is not known here.
 */
export function readValueType(reader: Reader): string {
  const start = reader.pos;
  const code = reader.s33();
  if (code === REF) return `(ref ${readHeapType(reader)})`;
  if (code === REF_NULL) return `(ref null ${readHeapType(reader)})`;
  const name = VALUE_TYPES.get(code);
  if (name === undefined) throw reader.unsupported("value type", start);
  return name;
}

/**
 * Skips a value type, the type of a field, or a block type, which may also be none or a type index.
 *
 * @throws {LoadError} `wasm_unsupported` for a type that is not known here.
 */
export function skipValueType(reader: Reader): void {
  const { pos } = reader;
  if (pos < reader.end && IS_SHORT[reader.bytes[pos]] === 1) {
    reader.pos = pos + 1;
    return;
  }
  const code = reader.s33();
  if (code >= 0 || code === EMPTY) return;
  reader.pos = pos;
  readValueType(reader);
}

/**
 * Reads the type of a field and answers how many bytes it takes, as structures and arrays are counted.
 *
 * @throws {LoadError} `wasm_unsupported` for a type that is not known here.
 */
export function readFieldSize(reader: Reader): number {
  const { pos } = reader;
  const code = reader.s33();
  reader.pos = pos;
  skipValueType(reader);
  return FIELD_BYTES.get(code) ?? REFERENCE_BYTES;
}

/** A function type. */
export class FunctionType {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  /** How many parameters. */
  readonly params: number;
  /** How many results. */
  readonly results: number;

  /** Reads the type that `reader` is at, after its leading byte. */
  constructor(reader: Reader) {
    this.#bytes = reader.bytes;
    this.#start = reader.pos;
    this.params = skipValueTypes(reader);
    this.results = skipValueTypes(reader);
  }

  /** Tells it from other types. */
  get kind(): "func" {
    return "func";
  }

  /** Bytes that the parameters take, as fields of a structure would. */
  get paramBytes(): number {
    const reader = new Reader(this.#bytes, this.#start);
    let bytes = 0;
    for (let left = reader.count(); left > 0; left--) bytes += readFieldSize(reader);
    return bytes;
  }

  /** `i32,i64->i32`, spelled out when it is asked for: a module may have a million types. */
  get signature(): string {
    const reader = new Reader(this.#bytes, this.#start);
    return `${readValueTypes(reader)}->${readValueTypes(reader)}`;
  }
}

function skipValueTypes(reader: Reader): number {
  const count = reader.count();
  for (let left = count; left > 0; left--) skipValueType(reader);
  return count;
}

function readValueTypes(reader: Reader): string {
  return Array.from({ length: reader.count() }, () => readValueType(reader)).join();
}
