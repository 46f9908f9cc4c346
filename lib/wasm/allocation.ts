/**
 * What structures, arrays and exceptions take of the engine's heap, as it is counted here: engines differ, and do not tell.
 *
 * @module
 */

import type { Reader } from "./bytes.ts";
import type { Opcode } from "./opcodes.ts";
import type { Module, Type } from "./outline.ts";

/** Bytes of a structure or an array besides its fields or elements. */
export const OBJECT_BYTES = 16;

const STRUCT = /^struct\.new/, ARRAY_NEW_FIXED = "array.new_fixed";

/**
 * Reads the immediates of an operator that `allocates`, and answers how many bytes that takes; or, if the length is an operand,
 * how many each element takes, as a number below zero: {@linkcode OBJECT_BYTES} come on top. 0 if the type does not fit.
 */
export function readAllocation(reader: Reader, opcode: Opcode, types: readonly Type[]): number {
  const type = types[reader.u32()];
  // The length, or a segment.
  const second = opcode.immediates.length > 1 ? reader.u32() : 0;
  if (STRUCT.test(opcode.name)) return type?.kind === "struct" ? type.bytes : 0;
  if (type?.kind !== "array") return 0;
  if (opcode.name === ARRAY_NEW_FIXED) return OBJECT_BYTES + second * type.elementBytes;
  return -type.elementBytes;
}

/** The most bytes of values with which an exception is not counted: a pointer or two, as languages have them. */
const SMALL_EXCEPTION = 16;
/** By how much larger V8 keeps the values of an exception: in pieces of 16 bits, of 64 bits each. */
const VALUES_FACTOR = 4;

/** What an exception takes; 0 if it is so small that it is not counted. */
export function exceptionBytes(
  { types, tags }: Pick<Module, "types" | "tags">,
  tag: number,
): number {
  const type = types[tags[tag]];
  const values = type.kind === "func" ? type.paramBytes : 0;
  return values <= SMALL_EXCEPTION ? 0 : OBJECT_BYTES + VALUES_FACTOR * values;
}
