// What one operator, or one exception, is said to take of the engine's heap.
import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { exceptionBytes, OBJECT_BYTES, readAllocation } from "../../lib/wasm/allocation.ts";
import { Reader } from "../../lib/wasm/bytes.ts";
import { type Opcode, OPCODES } from "../../lib/wasm/opcodes.ts";
import type { Type } from "../../lib/wasm/outline.ts";
import { FunctionType } from "../../lib/wasm/types.ts";

const I32 = 0x7f, I64 = 0x7e, F32 = 0x7d, V128 = 0x7b, FUNCREF = 0x70;

/** A function type with those params. */
function withParams(...params: number[]): FunctionType {
  return new FunctionType(new Reader(Uint8Array.of(params.length, ...params, 0)));
}

/** By index: a function, a structure and an array. */
const TYPES: readonly Type[] = [
  withParams(I32),
  { kind: "struct", fields: 2, bytes: OBJECT_BYTES + 9 },
  { kind: "array", elementBytes: 2 },
];

function named(name: string): Opcode {
  return OPCODES.find((opcode) => opcode.name === name)!;
}

/** An operator, its immediates, and bytes: in all, or, below zero, of an element. */
const ROWS: readonly (readonly [name: string, immediates: readonly number[], bytes: number])[] = [
  ["struct.new", [1], OBJECT_BYTES + 9],
  ["struct.new_default", [1], OBJECT_BYTES + 9],
  ["array.new", [2], -2],
  ["array.new_default", [2], -2],
  ["array.new_data", [2, 7], -2],
  ["array.new_elem", [2, 7], -2],
  ["array.new_fixed", [2, 0], OBJECT_BYTES],
  ["array.new_fixed", [2, 7], OBJECT_BYTES + 14],
  ["array.new_fixed", [2, 0xff, 0xff, 0xff, 0xff, 0x0f], OBJECT_BYTES + 2 * (2 ** 32 - 1)],
  // Of types that do not fit, and that there are not.
  ...[0, 2, 3].map((type) => ["struct.new", [type], 0] as const),
  ...[0, 1, 3].flatMap((type) => [
    ["array.new", [type], 0] as const,
    ["array.new_fixed", [type, 7], 0] as const,
  ]),
];

Deno.test("allocation: each operator, by its immediates", () => {
  const names = new Set(ROWS.map(([name]) => name));
  assertEquals(new Set(OPCODES.filter((it) => it.allocates).map(({ name }) => name)), names);
  for (const [name, immediates, bytes] of ROWS) {
    const reader = new Reader(Uint8Array.of(...immediates, 0));
    assertEquals(readAllocation(reader, named(name), TYPES), bytes, `${name} ${immediates}`);
    assertEquals(reader.pos, immediates.length, name);
    const cut = new Reader(Uint8Array.from(immediates), 0, immediates.length - 1);
    const error = assertThrows(() => readAllocation(cut, named(name), TYPES), LoadError);
    assertEquals(error.code, "wasm_invalid");
  }
});

Deno.test("allocation: an exception counts from more than 16 bytes of values on", () => {
  const rows: [params: number[], bytes: number][] = [
    [[], 0],
    [[V128], 0],
    [[FUNCREF, FUNCREF], 0],
    [[I64, I32, F32], 0],
    [[I64, I32, F32, F32], OBJECT_BYTES + 4 * 20],
    [[FUNCREF, FUNCREF, FUNCREF], OBJECT_BYTES + 4 * 24],
    [[V128, V128], OBJECT_BYTES + 4 * 32],
  ];
  const types = rows.map(([params]) => withParams(...params));
  // The tags are in another order than their types.
  const tags = types.map((_, i) => types.length - 1 - i);
  rows.forEach(([, bytes], i) => {
    assertEquals(exceptionBytes({ types, tags }, types.length - 1 - i), bytes);
  });
});
