/**
 * Values to call guests with, and how results and errors are written down.
 *
 * @module
 */
import type { Random } from "./random.ts";

const OBJECT = Object.freeze({});

/** By type: values that are worth a try. Those of other types are references, of which only null is known. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  i32: [0, 1, 2, 5, 100, 65_535, 2 ** 31 - 1, -(2 ** 31), -1],
  i64: [0n, 1n, 2n, 5n, 1n << 32n, (1n << 63n) - 1n, -(1n << 63n), -1n],
  f32: [0, -0, 1.5, -1e10, 1e38, Infinity, NaN],
  f64: [0, -0, 1.5, -1e10, 1e300, -Infinity, NaN],
  externref: [null, 7, "text", OBJECT],
  "(ref extern)": [7, "text", OBJECT],
  anyref: [null, 7, "text", OBJECT],
};

/** One value of a type for a random choice, or the first without one. */
export function valueOf(type: string, random?: Random): unknown {
  const values = VALUES[type] ?? [null];
  return random === undefined ? values[0] : random.pick(values);
}

/** A value as text: references only by what they are. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "string":
      return JSON.stringify(value);
    case "function":
      return "function";
    case "object":
      if (Array.isArray(value)) return `[${value.map(show).join()}]`;
      return value === null ? "null" : value instanceof Error ? showError(value) : "object";
    default:
      return String(value);
  }
}

/** JavaScriptCore ends messages with the source text of what was called. */
const EVALUATING = / \((?:evaluating|In) '[^]*$/;

/** An atomic access may be both, and which it is then depends, in JavaScriptCore, on who made the memory. */
const UNALIGNED = "Unaligned memory access", OUT_OF_BOUNDS = "Out of bounds memory access";

/** An error as text; exceptions of wasm say nothing about themselves. */
export function showError(error: unknown): string {
  if (!(error instanceof Error)) return `something that is no Error: ${typeof error}`;
  const message = error.message.replace(EVALUATING, "").replace(UNALIGNED, OUT_OF_BOUNDS);
  return `${error.name}: ${message}`;
}
