// What each instruction does to the height of the stack, with the engine as the judge.
import { assert, assertEquals } from "@std/assert";
import { Writer } from "../../lib/wasm/bytes.ts";
import { type Immediate, type Opcode, OPCODES } from "../../lib/wasm/opcodes.ts";

const DROP = 0x1a, END = 0x0b;
const I32 = [0x41, 0], I64 = [0x42, 0], F32 = [0x43, 0, 0, 0, 0];
const F64 = [0x44, 0, 0, 0, 0, 0, 0, 0, 0], V128 = [0xfd, 12, ...new Array(16).fill(0)];
/** Null references; the first is of all structures and arrays. */
const NONE = [0xd0, 0x71], EXTERN = [0xd0, 0x6f], FUNC = [0xd0, 0x70];
const NUMBERS = [I32, I64, F32, F64, V128];

type Operands = readonly (readonly number[])[];

/** Operands that instructions may take: numbers, up to three of any types, and what tables, arrays and 128-bit integers want. */
const OPERANDS: readonly Operands[] = [
  [],
  ...NUMBERS.flatMap((a): Operands[] => [
    [a],
    ...NUMBERS.flatMap((b): Operands[] => [[a, b], ...NUMBERS.map((c) => [a, b, c])]),
  ]),
  ...[[NONE], [NONE, NONE], [NONE, I32], [NONE, I32, I32], [NONE, I32, I32, I32]],
  ...[[NONE, I32, NONE, I32, I32], [FUNC], [FUNC, I32], [I32, FUNC], [I32, FUNC, I32]],
  ...[[EXTERN], [I64, I64, I64, I64]],
];

/** What may stand for an immediate. Indices are those of anything in the module below. */
const IMMEDIATES: Partial<Record<Immediate, readonly (readonly number[])[]>> = {
  index: [[0], [1], [2], [3], [4], [5]],
  memarg: [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]],
  s32: [[0]],
  s64: [[0]],
  f32: [[0, 0, 0, 0]],
  f64: [new Array(8).fill(0)],
  v128: [new Array(16).fill(0)],
  lane: [[0]],
  heaptype: [[0x6e]],
  valtypes: [[1, 0x7f]],
  byte: [[0]],
};

/**
 * A module with the types `() -> ()`, arrays of `i32`, `funcref` and `i8`, a structure of an `i8` and an `i32`, and an empty one; a
 * table, a memory, a mutable global, a segment of each kind, and a function of that body with a local.
 */
function moduleOf(body: readonly number[]): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const section = (id: number, content: readonly number[]) => {
    const bytes = new Writer();
    bytes.bytes(content);
    out.section(id, bytes);
  };
  section(1, [
    ...[6, 0x60, 0, 0, 0x5e, 0x7f, 1, 0x5e, 0x70, 1, 0x5e, 0x78, 1],
    ...[0x5f, 2, 0x78, 1, 0x7f, 1, 0x5f, 0],
  ]);
  section(3, [1, 0]);
  section(4, [1, 0x70, 0, 1]);
  section(5, [1, 0, 1]);
  section(6, [1, 0x7f, 1, ...I32, END]);
  section(9, [1, 5, 0x70, 1, 0xd2, 0, END]);
  section(12, [1]);
  const code = new Writer();
  code.bytes([1, 1, 0x7f, ...body, END]);
  const codes = new Writer();
  codes.u8(1);
  codes.sized(code);
  out.section(10, codes);
  section(11, [1, 1, 0]);
  return out.finish();
}

/** Whether there are operands after which the instruction leaves as many more of them as the table says. */
function isTrue(opcode: Opcode): boolean {
  const code = new Writer();
  if (opcode.prefix !== 0) code.u8(opcode.prefix);
  code.u32(opcode.code);
  let codes = [opcode.prefix === 0 ? [opcode.code] : [...code.finish()]];
  for (const immediate of opcode.immediates) {
    codes = codes.flatMap((code) => IMMEDIATES[immediate]!.map((each) => [...code, ...each]));
  }
  return OPERANDS.some((operands) => {
    const height = operands.length + opcode.effect;
    if (height < 0) return false;
    const drops = new Array(height).fill(DROP);
    return codes.some((code) =>
      WebAssembly.validate(moduleOf([...operands.flat(), ...code, ...drops]))
    );
  });
}

/** What an engine need not have, and its effect. */
const OPTIONAL: readonly [names: RegExp, effect: number][] = [
  [/^i64\.(add|sub)128$/, -2],
  [/^i64\.mul_wide_[su]$/, 0],
];

Deno.test("effects: of each instruction that does not move control", () => {
  assert(
    !WebAssembly.validate(moduleOf([...I32, 0x45])),
    "an operand that is left over is noticed",
  );
  for (const opcode of OPCODES) {
    if (opcode.control !== undefined || isTrue(opcode)) continue;
    const effect = OPTIONAL.find(([names]) => names.test(opcode.name))?.[1];
    assertEquals(effect, opcode.effect, opcode.name);
  }
});
