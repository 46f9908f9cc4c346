/**
 * The functions that metering adds to a module, for the cold and the shared parts of what it injects.
 *
 * @module
 */

import { Writer } from "./bytes.ts";
import type { Runtime } from "./splice.ts";

const I32 = 0x7f, I64 = 0x7e, NO_TYPE = 0x40;

/** Types that are appended, as offsets from the index of the first. */
const TYPE = { hook: 0, refuel: 1, i32: 2, i64: 3 } as const;

/** The encoded types, in the order of `TYPE`: `() -> i32`, `() -> ()`, `(i32) -> (i32)`, `(i64) -> (i64)`. */
const TYPES: readonly (readonly number[])[] = [
  [0x60, 0, 1, I32],
  [0x60, 0, 0],
  [0x60, 1, I32, 1, I32],
  [0x60, 1, I64, 1, I64],
];

/** What was appended: the first index of types and functions, the table, and the two globals. */
export interface Added {
  /** Index of the first added type. */
  readonly types: number;
  /** Index of the first added function. */
  readonly functions: number;
  /** Index of the table with the refuel hook. */
  readonly hook: number;
  /** Index of the global with the fuel left. */
  readonly fuel: number;
  /** Index of the global that tells whether a `memory.grow` has failed. */
  readonly growFailed: number;
  /** Whether there are 64-bit memories or tables, which need functions of their own. */
  readonly isWide: boolean;
}

/** Where the added functions can be called. */
export function helperIndices({ functions, fuel }: Added): Runtime {
  return {
    fuel,
    refuel: functions,
    refuelLocal: functions + 1,
    bulk: [functions + 2, functions + 4],
    grown: [functions + 3, functions + 5],
  };
}

/** The added types, encoded. */
export function helperTypes({ isWide }: Added): readonly (readonly number[])[] {
  return isWide ? TYPES : TYPES.slice(0, TYPE.i64);
}

/** The added functions in the order of their indices: offset of the type, and body. */
export function helperFunctions(added: Added): { type: number; body: Writer }[] {
  const { fuel, refuel } = helperIndices(added);
  const functions = [
    { type: TYPE.refuel, body: refuelBody(added) },
    { type: TYPE.i32, body: refuelLocalBody(fuel, refuel) },
    { type: TYPE.i32, body: bulkBody(fuel, refuel, false) },
    { type: TYPE.i32, body: grownBody(added.growFailed, false) },
  ];
  if (!added.isWide) return functions;
  return [
    ...functions,
    { type: TYPE.i64, body: bulkBody(fuel, refuel, true) },
    { type: TYPE.i64, body: grownBody(added.growFailed, true) },
  ];
}

/** Calls the hook, and traps unless that answers 0. */
function refuelBody({ types, hook }: Added): Writer {
  const body = new Writer();
  body.u8(0); //                                        no locals
  body.bytes([0x41, 0]); //                             i32.const 0
  body.u8(0x11), body.u32(types + TYPE.hook), body.u32(hook); // call_indirect
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
    body.u8(0x23), body.u32(fuel);
    body.bytes([0x41, 0, 0x48, 0x04, NO_TYPE, 0x10]), body.u32(refuel); // below zero: refuel
    body.u8(0x0b);
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
  body.bytes([0x04, NO_TYPE, 0x41, 1, 0x24]), body.u32(growFailed);
  body.bytes([0x0b, 0x20, 0, 0x0b]);
  return body;
}
