/**
 * Lines that a guest might write, and what becomes of them in bad hands.
 *
 * @module
 */
import type { Random } from "./random.ts";

/** Calls in one round of {@linkcode ./contain.ts}. */
export const ROUND = 32;

/** Names of methods: the first few are granted. */
const METHODS = [
  "echo",
  "later",
  "throws",
  "rejects",
  "none",
  "secret",
  "",
  "__proto__",
  "toString",
];
/** Members of messages, and such as are none. */
const KEYS = ["jsonrpc", "id", "method", "params", "result", "error", "code", "message", "data"]
  .concat("__proto__", "constructor", "toJSON", "then", "");
/** Bytes that mean something in JSON, in UTF-8, or to who splits lines. */
const TELLING = [...'"\\{}[]:,0-+.eEtfnu/ \n\r\0'].map((c) => c.charCodeAt(0))
  .concat(0x80, 0xbf, 0xc0, 0xe2, 0xed, 0xef, 0xf4, 0xff);

const encoder = new TextEncoder();

/** A value of JSON as text: what `JSON.stringify` would not write is among them. */
function value(random: Random, depth = 3): string {
  switch (random.below(depth > 0 ? 16 : 13)) {
    case 0:
      return random.pick(["null", "true", "false"]);
    case 1:
      return random.pick(["0", "-0", "1e400", "-1", "0.5", "9007199254740993", "1e-999", "007"]);
    case 2:
      return `${random.below(2 ** 32)}`;
    case 3:
      return JSON.stringify("y".repeat(random.below(300)));
    case 4:
      return random.pick(['"\\ud800"', '"\\u0000"', '"\\x"', '"\u2028"', '"é😀"', '""', '"\\"']);
    case 5:
      return JSON.stringify(random.pick(METHODS));
    case 6:
      return "[".repeat(random.below(1200)) + "]".repeat(random.below(1200));
    case 7:
      return "[]";
    case 8:
      return "{}";
    case 9:
      return JSON.stringify(random.pick(KEYS));
    case 13:
      return `[${list(random, () => value(random, depth - 1))}]`;
    case 14:
      return `{${list(random, () => `"${random.pick(KEYS)}":${value(random, depth - 1)}`)}}`;
    default:
      return `${random.below(4)}`;
  }
}

function list(random: Random, make: () => string): string {
  return Array.from({ length: random.below(5) }, make).join();
}

/** A message that may well be good; `id` is that of the host's request. */
function message(random: Random, id: number): string {
  const method = JSON.stringify(random.pick(METHODS));
  switch (random.below(9)) {
    case 0:
      return `{"jsonrpc":"2.0","id":${id},"result":${value(random)}}`;
    case 1:
      return `{"jsonrpc":"2.0","id":${id},"error":{"code":${random.below(9)},"message":"no"}}`;
    case 2:
      return `{"jsonrpc":"2.0","method":${method},"params":${value(random)}}`;
    case 3:
      return `[${list(random, () => message(random, id))}]`;
    case 4:
      return `{"jsonrpc":"2.0","id":"${random.below(9)}","method":${method}}`;
    default:
      return `{"jsonrpc":"2.0","id":${random.below(99)},"method":${method},"params":[1,"a"]}`;
  }
}

/** Another value or key at some place, a member twice, a member less. */
function mutateText(text: string, random: Random): string {
  const found = [...text.matchAll(/"[^"]*":|"[^"]*"|-?\d+|[,{}[\]]/g)];
  if (found.length === 0) return text;
  const { 0: old, index } = random.pick(found);
  const put = (by: string) => text.slice(0, index) + by + text.slice(index + old.length);
  if (random.chance(15)) return put(random.chance(50) ? "" : old + old);
  if (old.endsWith(":")) {
    const key = `"${random.pick(KEYS)}":`;
    return put(random.chance(50) ? key : `${key}${value(random)},${old}`);
  }
  return put(value(random));
}

function mutateBytes(bytes: number[], random: Random): void {
  const at = random.below(bytes.length + 1);
  switch (random.below(6)) {
    case 0:
      bytes[at] ^= 1 << random.below(8);
      break;
    case 1:
      bytes.splice(at, random.below(2), random.pick(TELLING));
      break;
    case 2:
      bytes.splice(at, 1 + random.below(8));
      break;
    case 3:
      bytes.splice(at, 0, ...bytes.slice(random.below(bytes.length)).slice(0, random.below(30)));
      break;
    case 4:
      bytes.length = Math.min(bytes.length, at);
      break;
    default:
      bytes.splice(at, 0, ...random.bytes(1 + random.below(4)));
  }
}

/** A line with its end, most often: mutated about one time in three, so that what comes next is met in many states. */
export function makeLine(random: Random, id: number): number[] {
  let text = message(random, id);
  if (random.chance(25)) text = mutateText(text, random);
  if (random.chance(10)) text = mutateText(text, random);
  const bytes = [...encoder.encode(text)];
  if (random.chance(12)) mutateBytes(bytes, random);
  if (!random.chance(3)) bytes.push(10);
  return bytes;
}

/** What `lines.wat` is given to write these bytes. */
export function spell(bytes: readonly number[]): string {
  return bytes.map((byte) => String.fromCharCode(97 + (byte >> 4 & 15), 97 + (byte & 15))).join("");
}
