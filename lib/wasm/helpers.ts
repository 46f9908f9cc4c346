/**
 * The functions that metering adds to a module, for the cold and the shared parts of what it injects.
 *
 * @module
 */

import { ALLOCATION_REFUSED, MEMORY_REFUSED } from "./abi.ts";
import { OBJECT_BYTES } from "./allocation.ts";
import { Writer } from "./bytes.ts";
import type { Runtime } from "./splice.ts";

const I32 = 0x7f, I64 = 0x7e, NO_TYPE = 0x40;

/** What was appended: the first index of types and functions, the table, the globals, and the memory. */
export interface Added {
  /** Index of the first added type. */
  readonly types: number;
  /** Index of the first added function. */
  readonly functions: number;
  /** Index of the table with the refuel hook. */
  readonly hook: number;
  /** Index of the global with the fuel left. */
  readonly fuel: number;
  /** Index of the global that tells whether a `memory.grow` has failed, or an allocation. */
  readonly growFailed: number;
  /** Index of the global with the bytes that may still be allocated; `undefined` if that is not counted. */
  readonly allocatable: number | undefined;
  /** Whether there are 64-bit memories or tables, which need functions of their own. */
  readonly isWide: boolean;
  /** Index of the memory with the profile; `undefined` if there is to be none. */
  readonly profile: number | undefined;
}

/** An added function. */
interface Helper {
  readonly name: keyof typeof SIGNATURES;
  readonly body: Writer;
}

/** By function: its params and results, encoded. */
const SIGNATURES = {
  refuel: [0, 0],
  refuelLocal: [1, I32, 1, I32],
  reload: [1, I32, 1, I32],
  bulk: [1, I32, 1, I32],
  grown: [1, I32, 1, I32],
  bulkWide: [1, I64, 1, I64],
  grownWide: [1, I64, 1, I64],
  allocate: [1, I64, 0],
  allocateArray: [2, I32, I64, 1, I32],
  note: [2, I32, I32, 0],
  noteBulk: [2, I32, I32, 1, I32],
  noteBulkWide: [2, I64, I32, 1, I64],
} as const;
const HOOK = [0, 1, I32], FUNCTION_TYPE = 0x60;

/** What is added: types, encoded, and functions, each with the offset of its type among them. */
export interface Helpers {
  /** That of the hook is the first. */
  readonly types: readonly (readonly number[])[];
  /** In the order of their indices. */
  readonly functions: readonly { readonly type: number; readonly body: Writer }[];
  /** Where they can be called. */
  readonly runtime: Runtime;
}

/** Writes the functions that the module needs. */
export function helpersOf(added: Added): Helpers {
  const { functions: first, fuel, growFailed, allocatable, isWide, profile } = added;
  const refuel = first;
  const list: Helper[] = [
    { name: "refuel", body: refuelBody(added) },
    { name: "refuelLocal", body: refuelLocalBody(fuel, refuel) },
    { name: "reload", body: reloadBody(fuel, refuel) },
    { name: "bulk", body: bulkBody(fuel, refuel, false) },
    { name: "grown", body: grownBody(growFailed, false) },
  ];
  if (isWide) {
    list.push(
      { name: "bulkWide", body: bulkBody(fuel, refuel, true) },
      { name: "grownWide", body: grownBody(growFailed, true) },
    );
  }
  if (allocatable !== undefined) {
    const allocate = first + list.length;
    list.push({ name: "allocate", body: allocateBody(allocatable, growFailed) });
    list.push({ name: "allocateArray", body: allocateArrayBody(allocate) });
  }
  if (profile !== undefined) {
    list.push({ name: "note", body: noteBody(profile) });
    list.push({ name: "noteBulk", body: noteBulkBody(profile, false) });
    if (isWide) list.push({ name: "noteBulkWide", body: noteBulkBody(profile, true) });
  }
  const types = [HOOK, ...list.map(({ name }) => SIGNATURES[name])].map((type) => `${type}`);
  const distinct = [...new Set(types)];
  const index = (name: Helper["name"]) => first + list.findIndex((each) => each.name === name);
  return {
    types: distinct.map((type) => [FUNCTION_TYPE, ...type.split(",").map(Number)]),
    functions: list.map(({ name, body }) => ({
      type: distinct.indexOf(`${SIGNATURES[name]}`),
      body,
    })),
    runtime: {
      fuel,
      refuel,
      refuelLocal: index("refuelLocal"),
      reload: index("reload"),
      bulk: [index("bulk"), index("bulkWide")],
      grown: [index("grown"), index("grownWide")],
      allocate: index("allocate"),
      allocateArray: index("allocateArray"),
      profile: profile === undefined
        ? undefined
        : { note: index("note"), noteBulk: [index("noteBulk"), index("noteBulkWide")] },
    },
  };
}

/** Calls the hook, and traps unless that answers 0. */
function refuelBody({ types, hook }: Added): Writer {
  const body = new Writer();
  body.u8(0); //                                        no locals
  body.bytes([0x41, 0]); //                             i32.const 0
  body.u8(0x11), body.u32(types), body.u32(hook); //    call_indirect
  body.bytes([0x04, NO_TYPE, 0x00, 0x0b, 0x0b]); //     if unreachable end
  return body;
}

/** For a counter in a local: stores it, refuels, and answers the new one. */
function refuelLocalBody(fuel: number, refuel: number): Writer {
  const body = new Writer();
  body.u8(0);
  body.bytes([0x20, 0, 0x24]), body.u32(fuel);
  body.u8(0x10), body.u32(refuel);
  body.u8(0x23), body.u32(fuel);
  body.u8(0x0b);
  return body;
}

/** Takes as many units as the parameter says, refuels when out of fuel, and answers the counter. */
function reloadBody(fuel: number, refuel: number): Writer {
  const body = new Writer();
  body.u8(0);
  body.u8(0x23), body.u32(fuel);
  body.bytes([0x20, 0, 0x6b, 0x24]), body.u32(fuel);
  refuelIfOut(fuel, refuel, body);
  body.u8(0x23), body.u32(fuel);
  body.u8(0x0b);
  return body;
}

function refuelIfOut(fuel: number, refuel: number, body: Writer): void {
  body.u8(0x23), body.u32(fuel);
  body.bytes([0x41, 0, 0x48, 0x04, NO_TYPE, 0x10]), body.u32(refuel);
  body.u8(0x0b);
}

/** The most that is taken at once: with a debt of a function's size it still fits in an `i32`. */
const STEP = 2 ** 30;

/**
 * Takes as many units as the parameter says, in steps of at most `STEP` and refuelling after each, and answers it. A 64-bit length
 * beyond 2^40 is more than any memory or table holds, so what it is for will trap; it is charged as 2^40.
 */
function bulkBody(fuel: number, refuel: number, wide: boolean): Writer {
  const body = new Writer();
  const op = wide ? { lt: 0x54, sub: 0x7d, const: 0x42 } : { lt: 0x49, sub: 0x6b, const: 0x41 };
  const constant = (value: number) => {
    body.u8(op.const);
    body.s64(BigInt(value));
  };
  const take = (amount: () => void) => {
    body.u8(0x23), body.u32(fuel);
    amount();
    body.bytes([0x6b, 0x24]), body.u32(fuel);
    refuelIfOut(fuel, refuel, body);
  };
  const step = () => {
    body.u8(0x41);
    body.s32(STEP);
  };

  body.bytes([1, 1, wide ? I64 : I32]); //              one local: what is left to take
  body.bytes([0x20, 0]);
  if (wide) { //                                        min(length, 2^40)
    constant(2 ** 40);
    body.bytes([0x20, 0]);
    constant(2 ** 40);
    body.bytes([op.lt, 0x1b]);
  }
  body.bytes([0x21, 1]);
  body.bytes([0x02, NO_TYPE, 0x03, NO_TYPE, 0x20, 1]); // block, loop
  constant(STEP);
  body.bytes([op.lt, 0x0d, 1]); //                        less than a step is left: leave the block
  take(step);
  body.bytes([0x20, 1]);
  constant(STEP);
  body.bytes([op.sub, 0x21, 1, 0x0c, 0, 0x0b, 0x0b]); //  and again
  take(() => body.bytes(wide ? [0x20, 1, 0xa7] : [0x20, 1]));
  body.bytes([0x20, 0, 0x0b]);
  return body;
}

/** Sets the global if the parameter is -1, and answers it. */
function grownBody(growFailed: number, wide: boolean): Writer {
  const body = new Writer();
  body.u8(0);
  body.bytes(wide ? [0x20, 0, 0x42, 0x7f, 0x51] : [0x20, 0, 0x41, 0x7f, 0x46]);
  body.bytes([0x04, NO_TYPE, 0x41, MEMORY_REFUSED, 0x24]), body.u32(growFailed);
  body.bytes([0x0b, 0x20, 0, 0x0b]);
  return body;
}

/** Takes as many bytes as the parameter says from what may be allocated, or notes that there are not so many left and traps. */
function allocateBody(allocatable: number, growFailed: number): Writer {
  const body = new Writer();
  const left = () => {
    body.u8(0x23), body.u32(allocatable);
    body.bytes([0x20, 0]);
  };
  body.u8(0);
  left();
  body.bytes([0x53, 0x04, NO_TYPE]); //                 i64.lt_s, if
  body.bytes([0x41, ALLOCATION_REFUSED, 0x24]), body.u32(growFailed);
  body.bytes([0x00, 0x0b]); //                            unreachable, end
  left();
  body.bytes([0x7d, 0x24]), body.u32(allocatable); //   i64.sub, global.set
  body.u8(0x0b);
  return body;
}

/** The same for an array of as many elements as the first parameter says, each of as many bytes as the second one. Answers the first. */
function allocateArrayBody(allocate: number): Writer {
  const body = new Writer();
  body.bytes([0, 0x20, 0, 0xad, 0x20, 1, 0x7e]); //     i64.extend_i32_u, i64.mul
  body.bytes([0x42, OBJECT_BYTES, 0x7c]); //            i64.const, i64.add
  body.u8(0x10), body.u32(allocate);
  body.bytes([0x20, 0, 0x0b]);
  return body;
}

/** Adds the second parameter, signed, to what the function has burnt of which the first is the index. */
function noteBody(memory: number): Writer {
  const body = new Writer();
  body.u8(0);
  addTo(memory, 0, body, () => body.bytes([0x20, 1, 0xac])); // i64.extend_i32_s
  body.u8(0x0b);
  return body;
}

/** Adds the first parameter, unsigned, to what the function has burnt of which the second is the index, and answers it. */
function noteBulkBody(memory: number, wide: boolean): Writer {
  const body = new Writer();
  body.u8(0);
  addTo(memory, 1, body, () => {
    if (!wide) return body.bytes([0x20, 0, 0xad]); // i64.extend_i32_u
    // As it is charged: no more than 2^40.
    body.bytes([0x20, 0, 0x42]), body.s64(2n ** 40n);
    body.bytes([0x20, 0, 0x42]), body.s64(2n ** 40n);
    body.bytes([0x54, 0x1b]);
  });
  body.bytes([0x20, 0, 0x0b]);
  return body;
}

/** Adds what `units` pushes to the 64-bit integer at 8 times the local. */
function addTo(memory: number, local: number, body: Writer, units: () => void): void {
  const address = () => body.bytes([0x20, local, 0x41, 3, 0x74]); // times 8
  const access = (opcode: number) => {
    // Aligned to 2^3; the next bit says that the index of a memory follows.
    body.bytes(memory === 0 ? [opcode, 3] : [opcode, 3 | 0x40]);
    if (memory !== 0) body.u32(memory);
    body.u8(0); // offset
  };
  address();
  address();
  access(0x29);
  units();
  body.u8(0x7c);
  access(0x37);
}
