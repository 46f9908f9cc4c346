/**
 * The one table of WebAssembly instructions: what the scanner skips, what the planner follows, what the meter charges.
 *
 * @see https://webassembly.github.io/spec/core/appendix/index-instructions.html
 * @module
 */

import { hex, LEB32, type Reader } from "./bytes.ts";
import { effectOf } from "./effects.ts";
import { type Immediate, skipImmediate, skipMemarg } from "./immediates.ts";
import { skipValueType } from "./types.ts";

export { CATCH_ALL, type Immediate, skipImmediate } from "./immediates.ts";
export { skipValueType } from "./types.ts";

/** How an instruction moves control; absent for those that only go on to the next one (or trap). */
export type Control =
  | "block"
  | "loop"
  | "if"
  | "else"
  | "end"
  | "try"
  | "catch"
  | "catch_all"
  | "delegate"
  | "try_table"
  | "br"
  | "br_if"
  | "br_table"
  | "br_on" // br_on_null, br_on_non_null, br_on_cast, br_on_cast_fail
  | "return"
  | "unreachable"
  | "throw" // throw, throw_ref, rethrow
  | "call"
  | "tail_call";

/** One instruction. */
export interface Opcode {
  /** The name in the text format. */
  readonly name: string;
  /** `0xfb`…`0xfe`, or 0 for an opcode of one byte. */
  readonly prefix: number;
  /** The byte, or the u32 after the prefix. */
  readonly code: number;
  /** What follows, in order. */
  readonly immediates: readonly Immediate[];
  /** How it moves control. */
  readonly control?: Control;
  /** Units of fuel, without the run-time length of a `bulk` one. */
  readonly cost: 0 | 1;
  /** The top operand is a run-time length in bytes or elements, charged on top of `cost`. */
  readonly bulk?: true;
  /** It makes a structure or an array. */
  readonly allocates?: true;
  /** By how many operands the stack is higher after it: see {@linkcode effectOf}. */
  readonly effect: number;
  /** The immediates summed up for {@linkcode skipImmediates}, which most often has nothing or one LEB128 to skip. */
  readonly skip: number;
}

const NOTHING = 0, ONE_LEB32 = 1, ONE_MEMARG = 2, ONE_BLOCKTYPE = 3, ANYTHING = 4;

/**
 * Rows of instructions that share all but code and name: the code of the first, then the names of it and of those that follow
 * without a gap. `i32:` puts `i32.` before the names after it, `:` ends that, and `-` is a code without an instruction.
 */
type Row = readonly [
  first: number,
  names: string,
  immediates?: readonly Immediate[],
  rest?: Partial<Pick<Opcode, "control" | "bulk" | "allocates">> & { readonly cost?: 0 },
];

const INT_COMPARE = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const FLOAT_COMPARE = "eq ne lt gt le ge";
const INT_MATH =
  "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const FLOAT_MATH = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign";
const atomics = (op: string) =>
  `i32: atomic.${op} i64: atomic.${op} i32: ` +
  op.replace(/^(load|store|rmw)(.*)$/, (_, kind, rest) => {
    const narrow = (bits: number) => `atomic.${kind}${bits}${rest}${kind === "store" ? "" : "_u"}`;
    return `${narrow(8)} ${narrow(16)} i64: ${narrow(8)} ${narrow(16)} ${narrow(32)}`;
  });

const PLAIN: readonly Row[] = [
  [0x00, "unreachable", [], { control: "unreachable", cost: 0 }],
  [0x01, "nop", [], { cost: 0 }],
  [0x02, "block", ["blocktype"], { control: "block", cost: 0 }],
  [0x03, "loop", ["blocktype"], { control: "loop", cost: 0 }],
  [0x04, "if", ["blocktype"], { control: "if" }],
  [0x05, "else", [], { control: "else", cost: 0 }],
  [0x06, "try", ["blocktype"], { control: "try" }],
  [0x07, "catch", ["index"], { control: "catch" }],
  [0x08, "throw", ["index"], { control: "throw" }],
  [0x09, "rethrow", ["label"], { control: "throw" }],
  [0x0a, "throw_ref", [], { control: "throw" }],
  [0x0b, "end", [], { control: "end", cost: 0 }],
  [0x0c, "br", ["label"], { control: "br" }],
  [0x0d, "br_if", ["label"], { control: "br_if" }],
  [0x0e, "br_table", ["labels"], { control: "br_table" }],
  [0x0f, "return", [], { control: "return", cost: 0 }],
  [0x10, "call", ["index"], { control: "call" }],
  [0x11, "call_indirect", ["index", "index"], { control: "call" }],
  [0x12, "return_call", ["index"], { control: "tail_call" }],
  [0x13, "return_call_indirect", ["index", "index"], { control: "tail_call" }],
  [0x14, "call_ref", ["index"], { control: "call" }],
  [0x15, "return_call_ref", ["index"], { control: "tail_call" }],
  [0x18, "delegate", ["label"], { control: "delegate" }],
  [0x19, "catch_all", [], { control: "catch_all" }],
  [0x1a, "drop", [], { cost: 0 }],
  [0x1b, "select"],
  [0x1c, "select", ["valtypes"]],
  [0x1f, "try_table", ["blocktype", "catches"], { control: "try_table" }],
  [0x20, "local.get local.set local.tee global.get global.set table.get table.set", ["index"]],
  [0x28, "i32: load i64: load f32: load f64: load i32: load8_s load8_u load16_s load16_u", [
    "memarg",
  ]],
  [0x30, "i64: load8_s load8_u load16_s load16_u load32_s load32_u", ["memarg"]],
  [0x36, "i32: store i64: store f32: store f64: store i32: store8 store16", ["memarg"]],
  [0x3c, "i64: store8 store16 store32", ["memarg"]],
  [0x3f, "memory.size memory.grow", ["index"]],
  [0x41, "i32.const", ["s32"]],
  [0x42, "i64.const", ["s64"]],
  [0x43, "f32.const", ["f32"]],
  [0x44, "f64.const", ["f64"]],
  [
    0x45,
    `i32: eqz ${INT_COMPARE} i64: eqz ${INT_COMPARE} f32: ${FLOAT_COMPARE} f64: ${FLOAT_COMPARE}`,
  ],
  [0x67, `i32: ${INT_MATH} i64: ${INT_MATH} f32: ${FLOAT_MATH} f64: ${FLOAT_MATH}`],
  [0xa7, "i32: wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u"],
  [0xac, "i64: extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u"],
  [0xb2, "f32: convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64"],
  [0xb7, "f64: convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32"],
  [0xbc, "i32: reinterpret_f32 i64: reinterpret_f64 f32: reinterpret_i32 f64: reinterpret_i64"],
  [0xc0, "i32: extend8_s extend16_s i64: extend8_s extend16_s extend32_s"],
  [0xd0, "ref.null", ["heaptype"]],
  [0xd1, "ref.is_null"],
  [0xd2, "ref.func", ["index"]],
  [0xd3, "ref.eq ref.as_non_null"],
  [0xd5, "br_on_null br_on_non_null", ["label"], { control: "br_on" }],
];

const GC: readonly Row[] = [
  [0x00, "struct: new new_default", ["index"], { allocates: true }],
  [0x02, "struct: get get_s get_u set", ["index", "index"]],
  [0x06, "array: new new_default", ["index"], { bulk: true, allocates: true }],
  [0x08, "array.new_fixed", ["index", "index"], { allocates: true }],
  [0x09, "array: new_data new_elem", ["index", "index"], { bulk: true, allocates: true }],
  [0x0b, "array: get get_s get_u set", ["index"]],
  [0x0f, "array.len"],
  [0x10, "array.fill", ["index"], { bulk: true }],
  [0x11, "array: copy init_data init_elem", ["index", "index"], { bulk: true }],
  [0x14, "ref.test", ["heaptype"]],
  [0x15, "ref.test", ["heaptype"]], // of a nullable type, as the second ref.cast
  [0x16, "ref.cast", ["heaptype"]],
  [0x17, "ref.cast", ["heaptype"]],
  [0x18, "br_on_cast br_on_cast_fail", ["byte", "label", "heaptype", "heaptype"], {
    control: "br_on",
  }],
  [0x1a, "any.convert_extern extern.convert_any ref.i31 i31.get_s i31.get_u"],
];

const MISC: readonly Row[] = [
  [0x00, "i32: trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u"],
  [0x04, "i64: trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u"],
  [0x08, "memory.init", ["index", "index"], { bulk: true }],
  [0x09, "data.drop", ["index"]],
  [0x0a, "memory.copy", ["index", "index"], { bulk: true }],
  [0x0b, "memory.fill", ["index"], { bulk: true }],
  [0x0c, "table.init", ["index", "index"], { bulk: true }],
  [0x0d, "elem.drop", ["index"]],
  [0x0e, "table.copy", ["index", "index"], { bulk: true }],
  [0x0f, "table.grow", ["index"], { bulk: true }],
  [0x10, "table.size", ["index"]],
  [0x11, "table.fill", ["index"], { bulk: true }],
  [0x13, "i64: add128 sub128 mul_wide_s mul_wide_u"],
];

const SIMD: readonly Row[] = [
  [0x00, "v128: load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u", ["memarg"]],
  [0x07, "v128: load8_splat load16_splat load32_splat load64_splat store", ["memarg"]],
  [0x0c, "v128.const i8x16.shuffle", ["v128"]],
  [0x0e, "i8x16: swizzle splat i16x8: splat i32x4: splat i64x2: splat f32x4: splat f64x2: splat"],
  [0x15, "i8x16: extract_lane_s extract_lane_u replace_lane", ["lane"]],
  [0x18, "i16x8: extract_lane_s extract_lane_u replace_lane", ["lane"]],
  [0x1b, "i32x4: extract_lane replace_lane i64x2: extract_lane replace_lane", ["lane"]],
  [0x1f, "f32x4: extract_lane replace_lane f64x2: extract_lane replace_lane", ["lane"]],
  [0x23, `i8x16: ${INT_COMPARE} i16x8: ${INT_COMPARE} i32x4: ${INT_COMPARE}`],
  [0x41, `f32x4: ${FLOAT_COMPARE} f64x2: ${FLOAT_COMPARE}`],
  [0x4d, "v128: not and andnot or xor bitselect any_true"],
  [0x54, "v128: load8_lane load16_lane load32_lane load64_lane", ["memarg", "lane"]],
  [0x58, "v128: store8_lane store16_lane store32_lane store64_lane", ["memarg", "lane"]],
  [0x5c, "v128: load32_zero load64_zero", ["memarg"]],
  [0x5e, "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4"],
  [0x60, "i8x16: abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u"],
  [0x67, "f32x4: ceil floor trunc nearest"],
  [0x6b, "i8x16: shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u"],
  [0x74, "f64x2: ceil floor i8x16: min_s min_u max_s max_u f64x2: trunc i8x16: avgr_u"],
  [0x7c, "i16x8: extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u"],
  [0x7e, "i32x4: extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u"],
  [0x80, "i16x8: abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u"],
  [0x87, "i16x8: extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u"],
  [0x8b, "i16x8: shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u"],
  [0x94, "f64x2: nearest i16x8: mul min_s min_u max_s max_u - avgr_u"],
  [0x9c, "i16x8: extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u"],
  [0xa0, "i32x4: abs neg - all_true bitmask - -"],
  [0xa7, "i32x4: extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u"],
  [0xab, "i32x4: shl shr_s shr_u add - - sub - - - mul min_s min_u max_s max_u dot_i16x8_s"],
  [0xbc, "i32x4: extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u"],
  [0xc0, "i64x2: abs neg - all_true bitmask"],
  [0xc7, "i64x2: extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u"],
  [0xcb, "i64x2: shl shr_s shr_u add - - sub - - - mul eq ne lt_s gt_s le_s ge_s"],
  [0xdc, "i64x2: extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u"],
  [0xe0, "f32x4: abs neg - sqrt add sub mul div min max pmin pmax"],
  [0xec, "f64x2: abs neg - sqrt add sub mul div min max pmin pmax"],
  [0xf8, "i32x4: trunc_sat_f32x4_s trunc_sat_f32x4_u f32x4: convert_i32x4_s convert_i32x4_u"],
  [0xfc, "i32x4: trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero"],
  [0xfe, "f64x2: convert_low_i32x4_s convert_low_i32x4_u"],
  [0x100, "i8x16.relaxed_swizzle i32x4: relaxed_trunc_f32x4_s relaxed_trunc_f32x4_u"],
  [0x103, "i32x4: relaxed_trunc_f64x2_s_zero relaxed_trunc_f64x2_u_zero"],
  [0x105, "f32x4: relaxed_madd relaxed_nmadd f64x2: relaxed_madd relaxed_nmadd"],
  [0x109, "i8x16: relaxed_laneselect i16x8: relaxed_laneselect"],
  [0x10b, "i32x4: relaxed_laneselect i64x2: relaxed_laneselect"],
  [0x10d, "f32x4: relaxed_min relaxed_max f64x2: relaxed_min relaxed_max"],
  [0x111, "i16x8: relaxed_q15mulr_s relaxed_dot_i8x16_i7x16_s"],
  [0x113, "i32x4.relaxed_dot_i8x16_i7x16_add_s"],
];

const THREADS: readonly Row[] = [
  [0x00, "memory: atomic.notify atomic.wait32 atomic.wait64", ["memarg"]],
  [0x03, "atomic.fence", ["byte"]],
  [0x10, `${atomics("load")} ${atomics("store")}`, ["memarg"]],
  [0x1e, `${atomics("rmw.add")} ${atomics("rmw.sub")} ${atomics("rmw.and")}`, ["memarg"]],
  [0x33, `${atomics("rmw.or")} ${atomics("rmw.xor")} ${atomics("rmw.xchg")}`, ["memarg"]],
  [0x48, atomics("rmw.cmpxchg"), ["memarg"]],
];

function summary(immediates: readonly Immediate[]): number {
  if (immediates.length === 0) return NOTHING;
  if (immediates.length > 1) return ANYTHING;
  switch (immediates[0]) {
    case "index":
    case "label":
    case "s32":
      return ONE_LEB32;
    case "memarg":
      return ONE_MEMARG;
    case "blocktype":
      return ONE_BLOCKTYPE;
    default:
      return ANYTHING;
  }
}

function* expand(prefix: number, rows: readonly Row[]): Generator<Opcode> {
  for (const [first, names, immediates = [], rest = {}] of rows) {
    const { control, cost = 1, bulk, allocates } = rest;
    let code = first;
    let type = "";
    for (const word of names.split(" ")) {
      if (word.endsWith(":")) {
        type = `${word.slice(0, -1)}.`;
        continue;
      }
      if (word !== "-") {
        // Every object has the same fields in the same order: the hot loop reads them from one hidden class.
        const skip = summary(immediates);
        const name = type + word, effect = effectOf(name);
        yield { name, prefix, code, immediates, control, cost, bulk, allocates, effect, skip };
      }
      code++;
    }
  }
}

/** Every instruction, ordered by prefix and code. */
export const OPCODES: readonly Opcode[] = [
  ...expand(0, PLAIN),
  ...expand(0xfb, GC),
  ...expand(0xfc, MISC),
  ...expand(0xfd, SIMD),
  ...expand(0xfe, THREADS),
];

function byCode(prefix: number, length: number): readonly (Opcode | undefined)[] {
  const table = new Array<Opcode | undefined>(length).fill(undefined);
  for (const opcode of OPCODES) if (opcode.prefix === prefix) table[opcode.code] = opcode;
  return table;
}

/** The instructions of one byte, by that byte; `undefined` for a prefix and for a byte that is none. */
export const ONE_BYTE: readonly (Opcode | undefined)[] = byCode(0, 0x100);

/** By prefix, the instructions by the u32 that follows it. */
export const PREFIXED: ReadonlyMap<number, readonly (Opcode | undefined)[]> = new Map(
  [[0xfb, 0x1f], [0xfc, 0x17], [0xfd, 0x114], [0xfe, 0x4f]]
    .map(([prefix, length]) => [prefix, byCode(prefix, length)]),
);

/**
 * Reads an opcode, and leaves the reader at its immediates.
 *
 * @throws {LoadError} `wasm_unsupported`, with byte and offset, when the table has no such instruction.
 */
export function readOpcode(reader: Reader): Opcode {
  return ONE_BYTE[reader.u8()] ?? prefixed(reader);
}

function prefixed(reader: Reader): Opcode {
  const start = reader.pos - 1;
  const prefix = reader.bytes[start];
  const table = PREFIXED.get(prefix);
  if (table === undefined) throw reader.unsupported("opcode", start);
  const code = reader.u32();
  const opcode = table[code];
  if (opcode === undefined) {
    throw reader.unsupported("opcode", start, `${hex(prefix)} ${hex(code)}`);
  }
  return opcode;
}

/**
 * Skips what follows `opcode`, whose byte or bytes were read from `reader`.
 *
 * @throws {LoadError} `wasm_invalid` at the end of the range or at an overlong integer, `wasm_unsupported` for a type, a memory
 * flag, or a catch clause that is not known here.
 */
export function skipImmediates(reader: Reader, opcode: Opcode): void {
  switch (opcode.skip) {
    case NOTHING:
      return;
    case ONE_LEB32:
      return reader.skipLeb(LEB32);
    case ONE_MEMARG:
      return skipMemarg(reader);
    case ONE_BLOCKTYPE:
      return skipValueType(reader);
    case ANYTHING:
      for (const immediate of opcode.immediates) skipImmediate(reader, immediate);
  }
}
