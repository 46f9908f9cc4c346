/**
 * What follows an opcode: the kinds of immediate, and how to skip each.
 *
 * @see https://webassembly.github.io/spec/core/binary/instructions.html
 * @module
 */

import { LEB32, LEB64, type Reader } from "./bytes.ts";
import { readHeapType, skipValueType } from "./types.ts";

/** What follows an opcode in the byte stream. `index` is any u32: an index of whatever kind, or a literal length. */
export type Immediate =
  | "label"
  | "labels" // br_table: a vector of labels, then the default
  | "blocktype"
  | "index"
  | "memarg"
  | "s32"
  | "s64"
  | "f32"
  | "f64"
  | "v128" // 16 bytes: a constant, or the lanes of a shuffle
  | "lane"
  | "heaptype"
  | "valtypes" // select: a vector of value types
  | "catches" // try_table: a vector of catch clauses
  | "byte";

/** Skips one immediate. */
export function skipImmediate(reader: Reader, immediate: Immediate): void {
  switch (immediate) {
    case "label":
    case "index":
    case "s32":
      return reader.skipLeb(LEB32);
    case "labels":
      for (let left = reader.count() + 1; left > 0; left--) reader.skipLeb(LEB32);
      return;
    case "blocktype":
      return skipValueType(reader);
    case "heaptype":
      readHeapType(reader);
      return;
    case "memarg":
      return skipMemarg(reader);
    case "s64":
      return reader.skipLeb(LEB64);
    case "f32":
      return reader.skip(4);
    case "f64":
      return reader.skip(8);
    case "v128":
      return reader.skip(16);
    case "lane":
    case "byte":
      return reader.skip(1);
    case "valtypes":
      for (let left = reader.count(); left > 0; left--) skipValueType(reader);
      return;
    case "catches":
      for (let left = reader.count(2); left > 0; left--) skipCatch(reader);
  }
}

/** What a memarg begins with: the alignment as a power of two, up to 16 bytes, and a flag that a memory index follows. */
const ALIGNMENT = 0x07, MEMORY_INDEX = 0x40;

/** Skips a memarg. Its offset has 64 bits in a 64-bit memory. */
export function skipMemarg(reader: Reader): void {
  const start = reader.pos;
  const flags = reader.u32();
  if (flags > ALIGNMENT) {
    if (flags & ~(ALIGNMENT | MEMORY_INDEX)) throw reader.unsupported("memory flags", start);
    reader.skipLeb(LEB32);
  }
  reader.skipLeb(LEB64);
}

/** From this kind of `try_table` catch clause on, there is no tag: 0 is `catch`, 1 `catch_ref`, 2 `catch_all`, 3 `catch_all_ref`. */
export const CATCH_ALL = 2;
const CATCH_ALL_REF = 3;

function skipCatch(reader: Reader): void {
  const kind = reader.u8();
  if (kind > CATCH_ALL_REF) throw reader.unsupported("catch clause", reader.pos - 1);
  if (kind < CATCH_ALL) reader.skipLeb(LEB32);
  reader.skipLeb(LEB32);
}
