import { assertEquals } from "@std/assert";
import { isTooDeep, MAX_JSON_DEPTH } from "../../lib/call/depth.ts";

const encoder = new TextEncoder();
const nested = (depth: number, inner = "", [open, close] = ["[", "]"]) =>
  open.repeat(depth) + inner + close.repeat(depth);

const ROWS: [name: string, json: string, isTooDeep: boolean][] = [
  ["nothing", "", false],
  ["as deep as may be", nested(MAX_JSON_DEPTH), false],
  ["one level more", nested(MAX_JSON_DEPTH + 1), true],
  ["objects as deep as may be", nested(MAX_JSON_DEPTH, "1", ['{"a":', "}"]), false],
  ["objects one level more", nested(MAX_JSON_DEPTH + 1, "1", ['{"a":', "}"]), true],
  ["an array within objects", nested(MAX_JSON_DEPTH, "[]", ['{"a":', "}"]), true],
  ["many side by side", `[${"[],{},".repeat(10_000)}1]`, false],
  ["many side by side, and then deep", `[${"[],".repeat(1000)}${nested(MAX_JSON_DEPTH)}]`, true],
  ["brackets in a string", JSON.stringify("[".repeat(5000)), false],
  ["brackets behind a quote in a string", JSON.stringify('"' + "[".repeat(5000)), false],
  ["brackets behind a backslash in a string", JSON.stringify("\\" + "[".repeat(5000)), false],
  ["deep behind a string with a backslash at its end", `["\\\\",${nested(MAX_JSON_DEPTH)}]`, true],
  ["brackets of which none is closed", "[".repeat(100_000), true],
  ["a string without an end", '"' + "[".repeat(5000), false],
  ["a string that ends in half an escape", '"' + "[".repeat(5000) + "\\", false],
];

for (const [name, json, expected] of ROWS) {
  Deno.test(`depth: ${name}`, () => assertEquals(isTooDeep(encoder.encode(json)), expected));
}
