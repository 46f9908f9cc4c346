/**
 * How high the stack of operands of a function becomes, by one scan of its body, before anybody has said that it is valid.
 *
 * @module
 */

import { Reader } from "./bytes.ts";
import {
  ONE_BYTE,
  type Opcode,
  PREFIXED,
  readOpcode,
  skipImmediate,
  skipImmediates,
} from "./opcodes.ts";
import type { Module, Type } from "./outline.ts";
import { EMPTY, type FunctionType, skipValueType } from "./types.ts";

const CALL = ONE_BYTE[0x10], CALL_INDIRECT = ONE_BYTE[0x11];
const STRUCT_NEW = PREFIXED.get(0xfb)![0x00], ARRAY_NEW_FIXED = PREFIXED.get(0xfb)![0x08];

/** Operands that something takes and leaves. */
type Signature = Pick<FunctionType, "params" | "results">;

const NOTHING: Signature = { params: 0, results: 0 };
const ONE_RESULT: Signature = { params: 0, results: 1 };

/**
 * Skips what follows an instruction that does not move control, and answers by how many operands the stack is higher after it.
 *
 * @throws {LoadError} as `skipImmediates`.
 */
export function skipWithEffect(reader: Reader, opcode: Opcode, types: readonly Type[]): number {
  if (opcode === STRUCT_NEW) {
    const type = types[reader.u32()];
    return opcode.effect - (type?.kind === "struct" ? type.fields : 0);
  }
  if (opcode === ARRAY_NEW_FIXED) {
    reader.u32();
    return opcode.effect - reader.u32();
  }
  skipImmediates(reader, opcode);
  return opcode.effect;
}

/** Scans bodies of one module. */
export class OperandScanner {
  readonly #module: Module;
  /** By function index: its type index. */
  readonly #types: readonly number[];
  /** By frame, the function's first: operands below it, and its type. */
  readonly #bases: number[] = [];
  readonly #signatures: Signature[] = [];
  #top = 0;
  #height = 0;

  /** Prepares for bodies of `module`. */
  constructor(module: Module) {
    this.#module = module;
    const imported = module.imports.flatMap(({ kind, type }) => kind === "func" ? [type!] : []);
    this.#types = [...imported, ...module.functionTypes];
  }

  /**
   * The most operands that the body between two offsets has on its stack. If the body is not valid, it is any number.
   *
   * @throws {LoadError} `wasm_invalid` or `wasm_unsupported` where it cannot be decoded.
   */
  most(start: number, end: number): number {
    const reader = new Reader(this.#module.bytes, start, end);
    for (let left = reader.count(2); left > 0; left--) {
      reader.u32();
      skipValueType(reader);
    }
    this.#bases[0] = this.#top = this.#height = 0;
    this.#signatures[0] = NOTHING;
    let most = 0;
    while (!reader.done && this.#top >= 0) {
      const opcode = readOpcode(reader);
      if (opcode.control !== undefined) this.#control(reader, opcode);
      else this.#height += skipWithEffect(reader, opcode, this.#module.types);
      // It is lower in what is not valid or not reachable, where operands come from nowhere.
      const base = this.#bases[this.#top] ?? 0;
      if (this.#height < base) this.#height = base;
      if (this.#height > most) most = this.#height;
    }
    return most;
  }

  #control(reader: Reader, opcode: Opcode): void {
    this.#height += opcode.effect;
    switch (opcode.control) {
      case "block":
      case "loop":
      case "if":
      case "try":
        return this.#open(this.#blockType(reader));
      case "try_table":
        this.#open(this.#blockType(reader));
        return skipImmediate(reader, "catches");
      case "else":
        this.#height = this.#bases[this.#top] + this.#signatures[this.#top].params;
        return;
      case "catch": {
        const type = this.#module.tags[reader.u32()];
        this.#height = this.#bases[this.#top] + this.#functionType(reader, type).params;
        return;
      }
      case "catch_all":
        this.#height = this.#bases[this.#top];
        return;
      case "end":
      case "delegate":
        skipImmediates(reader, opcode);
        this.#height = this.#bases[this.#top] + this.#signatures[this.#top].results;
        this.#top--;
        return;
      case "br_if":
      case "br_on":
        return skipImmediates(reader, opcode);
      case "call":
        return this.#call(reader, opcode);
      default:
        // Control does not come back from the others.
        skipImmediates(reader, opcode);
        this.#height = this.#bases[this.#top];
    }
  }

  #call(reader: Reader, opcode: Opcode): void {
    const index = reader.u32();
    if (opcode === CALL_INDIRECT) reader.u32(); // the table
    const type = opcode === CALL ? this.#types[index] : index;
    const { params, results } = this.#functionType(reader, type);
    this.#height += results - params;
  }

  #open(signature: Signature): void {
    const base = Math.max(this.#height - signature.params, this.#bases[this.#top]);
    this.#top++;
    this.#bases[this.#top] = base;
    this.#signatures[this.#top] = signature;
    this.#height = base + signature.params;
  }

  #blockType(reader: Reader): Signature {
    const start = reader.pos;
    const code = reader.s33();
    if (code >= 0) return this.#functionType(reader, code);
    reader.pos = start;
    skipValueType(reader);
    return code === EMPTY ? NOTHING : ONE_RESULT;
  }

  #functionType(reader: Reader, index: number): FunctionType {
    const type = this.#module.types[index];
    if (type?.kind !== "func") throw reader.error("not a function type");
    return type;
  }
}
