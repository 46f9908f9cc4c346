/**
 * JSON whose integers are exact: what a double cannot hold is a `BigInt`.
 *
 * @module
 */

/** How messages are read and written; `JSON` itself is one. */
export interface Codec {
  /** The value of a JSON text. Throws a `SyntaxError`, or a {@linkcode TooLong}. */
  parse(text: string): unknown;
  /** The JSON text of a value; `undefined` for what JSON leaves out. Throws what `JSON.stringify` throws. */
  stringify(value: unknown): string | undefined;
}

/** Why a text has no value here though it is JSON. */
export class TooLong extends RangeError {}

/** Most digits of an integer from outside: to convert one takes time that grows with their square. */
export const MAX_DIGITS = 1024;

/** Whether a text may hold an integer beyond 2^53: 16 digits that are not those after a point. */
const MAY_BE_LONG = /(?:^|[^\d.])\d{16}/;
const NUMBER = /[-+.\deE]+/y;
const BACKSLASH = 0x5c;
const CONSTANTS: Record<string, [value: boolean | null, length: number]> = {
  t: [true, 4],
  f: [false, 5],
  n: [null, 4],
};

/** Integers beyond ±(2^53 − 1) that are written without fraction and exponent are read as `BigInt`; a `BigInt` is written as an integer. */
export const EXACT_JSON: Codec = {
  parse(text) {
    const value = JSON.parse(text);
    return MAY_BE_LONG.test(text) ? read(text) : value;
  },
  stringify(value) {
    // Many programs teach BigInt to be a string in JSON. Then the first try would not fail.
    if (!("toJSON" in BigInt.prototype)) {
      try {
        return JSON.stringify(value);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }
    return JSON.stringify(value, write);
  },
};

function write(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const integer = typeof this[key] === "bigint" ? this[key] : value;
  return typeof integer === "bigint" ? rawJSON(integer) : value;
}

const { rawJSON } = JSON as unknown as { rawJSON(integer: bigint): unknown };

/** An array or object whose end has not been read, and the key that waits for its value. */
interface Level {
  readonly container: unknown[] | Record<string, unknown>;
  key: string | undefined;
}

/**
 * The value of a text that is known to be JSON. Without recursion, so it goes as deep as `JSON.parse`. The engines' own way to
 * see how a number is written, a reviver, does not, and takes several times as long.
 */
function read(text: string): unknown {
  const root: unknown[] = [];
  const open: Level[] = [];
  let top: Level = { container: root, key: undefined };
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    switch (character) {
      case "{":
      case "[":
        at++;
        open.push(top);
        top = { container: character === "[" ? [] : {}, key: undefined };
        break;
      case "}":
      case "]": {
        at++;
        const { container } = top;
        top = open.pop()!;
        put(top, container);
        break;
      }
      case '"': {
        const end = endOfString(text, at);
        const string: string = JSON.parse(text.slice(at, end));
        at = end;
        if (Array.isArray(top.container) || top.key !== undefined) put(top, string);
        else top.key = string;
        break;
      }
      case "t":
      case "f":
      case "n": {
        const [value, length] = CONSTANTS[character];
        at += length;
        put(top, value);
        break;
      }
      case ",":
      case ":":
      case " ":
      case "\t":
      case "\r":
      case "\n":
        at++;
        break;
      default:
        NUMBER.lastIndex = at;
        NUMBER.test(text);
        put(top, toNumber(text.slice(at, NUMBER.lastIndex)));
        at = NUMBER.lastIndex;
    }
  }
  return root[0];
}

/** Where the string ends that begins at `start`. A quote ends it unless the backslashes before it are odd in number. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1;; at++) {
    at = text.indexOf('"', at);
    let before = at;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((at - before) % 2 === 0) return at + 1;
  }
}

function put(level: Level, value: unknown): void {
  const { container, key } = level;
  if (Array.isArray(container)) {
    container.push(value);
    return;
  }
  if (key === "__proto__") {
    // Assigned, it would be the object's prototype.
    const property = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(container, key, property);
  } else {
    container[key!] = value;
  }
  level.key = undefined;
}

function toNumber(text: string): number | bigint {
  const value = Number(text);
  if (text.length < 16 || Number.isSafeInteger(value) || !/^-?\d+$/.test(text)) return value;
  if (text.replace("-", "").length > MAX_DIGITS) {
    throw new TooLong(`an integer of more than ${MAX_DIGITS} digits`);
  }
  return BigInt(text);
}
