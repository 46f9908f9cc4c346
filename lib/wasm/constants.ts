/**
 * Constant expressions: which functions they name, and what they take of the engine's heap.
 *
 * @see https://webassembly.github.io/spec/core/valid/instructions.html#constant-expressions
 * @module
 */

import { OBJECT_BYTES, readAllocation } from "./allocation.ts";
import type { Reader } from "./bytes.ts";
import { type Opcode, readOpcode } from "./opcodes.ts";
import { skipWithEffect } from "./operands.ts";
import type { Draft } from "./outline.ts";

const END = 0x0b, REF_FUNC = 0xd2;

/** An `i32` operand, or one of another type or of which the value is not known. */
type Operand = number | undefined;

/**
 * Reads a constant expression, up to and with its `end`. Answers its value if that is an `i32` that is known before the module
 * runs, which is the case unless an imported global decides.
 */
export function readConstant(module: Draft, reader: Reader): number | undefined {
  const stack: Operand[] = [];
  while (!reader.skipByte(END)) {
    const start = reader.pos;
    if (reader.skipByte(REF_FUNC)) {
      readReference(module, reader);
      stack.push(undefined);
      continue;
    }
    const opcode = readOpcode(reader);
    if (opcode.control !== undefined) {
      throw reader.error(`${opcode.name} in a constant expression`, start);
    }
    evaluate(module, opcode, reader, stack);
  }
  return stack.pop();
}

function evaluate(module: Draft, opcode: Opcode, reader: Reader, stack: Operand[]): void {
  const { pos } = reader;
  const top = stack[stack.length - 1];
  let value: Operand;
  if (opcode.allocates) {
    const bytes = readAllocation(reader, opcode, module.types);
    module.constantBytes += bytes < 0 ? OBJECT_BYTES + arrayBytes(-bytes, top) : bytes;
  } else if (opcode.name === "i32.const") {
    value = reader.s33();
  } else if (opcode.name === "global.get") {
    value = module.globalValues.get(reader.u32());
  } else if (/^i32\.(add|sub|mul)$/.test(opcode.name)) {
    value = calculate(opcode.name, stack[stack.length - 2], top);
  }
  reader.pos = pos;
  // All that there may be in a constant expression leaves one operand, in place of those that it takes.
  const taken = 1 - skipWithEffect(reader, opcode, module.types);
  stack.length = Math.max(stack.length - taken, 0);
  stack.push(value);
}

function arrayBytes(elementBytes: number, length: Operand): number {
  return length === undefined ? Infinity : (length >>> 0) * elementBytes;
}

function calculate(name: string, left: Operand, right: Operand): Operand {
  if (left === undefined || right === undefined) return undefined;
  if (name === "i32.mul") return Math.imul(left, right);
  return (name === "i32.add" ? left + right : left - right) | 0;
}

/** A function index, of which it is noted that its address is taken. */
export function readFunctionIndex(
  { functionCount, addressTaken }: Draft,
  reader: Reader,
): number {
  const start = reader.pos;
  const index = reader.u32();
  if (index >= functionCount) throw reader.error(`there is no function ${index}`, start);
  addressTaken[index] = 1;
  return index;
}

/** The same, of a reference to the function. */
export function readReference(module: Draft, reader: Reader): void {
  module.referenced[readFunctionIndex(module, reader)] = 1;
}
