/**
 * How deep JSON may be nested. What engines do with a deep value is not theirs to be trusted with: one stringifies it in the
 * square of its depth, another has no stack left where a value of the same depth was no trouble before.
 *
 * @module
 */

/** Most arrays and objects in one another in a line of a guest: a fixed ceiling. */
export const MAX_JSON_DEPTH = 1000;

const QUOTE = 0x22, BACKSLASH = 0x5c;
/** `[` and `{`, and `]` and `}`, differ in this bit only. */
const CASE = 0x20, OPEN = 0x7b, CLOSE = 0x7d;

/** Whether a line of JSON is nested deeper than the ceiling. Of a line that is not JSON it says anything. */
export function isTooDeep(line: Uint8Array): boolean {
  // Each level takes a byte, so nearly all lines need no look.
  if (line.length <= MAX_JSON_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < line.length; at++) {
    const byte = line[at];
    if (byte === QUOTE) {
      for (at++; at < line.length && line[at] !== QUOTE; at++) if (line[at] === BACKSLASH) at++;
    } else if ((byte | CASE) === OPEN) {
      if (++depth > MAX_JSON_DEPTH) return true;
    } else if ((byte | CASE) === CLOSE) {
      depth--;
    }
  }
  return false;
}
