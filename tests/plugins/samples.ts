/**
 * What guests are asked with.
 *
 * @module
 */
import type { Method } from "./guests.ts";

/** Beyond the BMP, of each length in UTF-8, and what JSON or a terminal may trip over. */
export const TEXT = 'a é € 😀 𝄞 \u{10ffff} " \\ / \u2028 \u007f <&>';
const MEGABYTE = 1_000_000;

export const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, -0.25, 1e-7, 2 ** 53 - 1, -(2 ** 53 - 1), 1e300],
  ...["", "\0\b\t\n\f\r\u001f", TEXT, "😀".repeat(1000), "null", "\\u0041"],
  ...[[], {}, [[]], [{}], { "": "" }, { a: { b: { c: [1, [2, [3]]] } }, é: "😀", "\n": null }],
  ...[{ result: 1, error: { code: 1, message: "" }, id: 5, jsonrpc: "1.0", method: "ping" }],
  Array.from({ length: 1000 }, (_, i) => i % 2 === 0 ? i : { [`key ${i}`]: `${i}` }),
];

export const LARGE: readonly (readonly [name: string, value: unknown])[] = [
  ["letters", "x".repeat(MEGABYTE)],
  ["of four bytes in UTF-8", "😀".repeat(MEGABYTE / 4)],
  ["escapes", '"\n'.repeat(MEGABYTE / 4)],
  ["numbers", Array.from({ length: MEGABYTE / 8 }, (_, i) => 1_000_000 + i)],
];

/** Of a wrong type each; whether a key may be missing is a matter of the language. */
export const BAD_PARAMS: readonly (readonly [method: Method, ...params: readonly unknown[]])[] = [
  ["sleep", -1, "5", true, {}],
  ["many_echo", -1, 1.5, "5", true, {}],
  ["prime_sieve", -1, 1.5, "5", true, {}],
  ["log", 5, true, {}],
  ["fail", 5, "text", { code: "1", message: "x" }, { code: 1, message: 1 }],
  ["host", 5, "text", { method: 5 }],
];

/** What is called twice. The ids have one digit each: the length of what a guest reads is a part of its work. */
export const REPEATED: readonly (readonly [Method, unknown])[] = [
  ["ping", null],
  ["prime_sieve", 1000],
  ["echo", VALUES],
  ["host", { method: "echo", params: VALUES }],
  ["get_random_number", null],
  ["get_time", null],
  ["sleep", 3_600_000],
];

export const ERRORS = [
  { code: -32050, message: "no such thumbnail", data: { id: 7, tried: ["a", "b"] } },
  { code: 1, message: TEXT, data: TEXT },
  { code: 404, message: "", data: [] },
  { code: -2_147_483_648, message: "the least code", data: false },
  { code: 2_147_483_647, message: "the largest code", data: 0 },
  { code: 5, message: "no data" },
];
