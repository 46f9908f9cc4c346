// JSON read where it lies, without a tree and (but for `string()`) without allocating.

import { Char, char } from "./char";

const MAX_DEPTH = 1000;
const REPLACEMENT = 0xfffd;

/**
 * A JSON value: the address of its first character, inside a line that `Json.parse` has accepted.
 * It costs nothing to make or to pass on, and is good for as long as the line stays in its buffer.
 */
@unmanaged
export class Json {
  /** The value on the line at `line`, which ends with "\n"; null when it is not JSON or nested deeper than 1,000. */
  static parse(line: usize): Json | null {
    const start = skipSpace(line);
    const end = skipValue(start, 0);
    return end && char(skipSpace(end)) == Char.Newline ? changetype<Json>(start) : null;
  }

  /** The value `null`. */
  static get null(): Json {
    return changetype<Json>(memory.data<u8>([0x6e, 0x75, 0x6c, 0x6c, 0x0a]));
  }

  private get start(): usize {
    return changetype<usize>(this);
  }

  /** Where the value's text ends. */
  get end(): usize {
    return skipValue(this.start, 0);
  }

  get isNull(): bool {
    return char(this.start) == Char.LowerN;
  }

  get isString(): bool {
    return char(this.start) == Char.Quote;
  }

  get isArray(): bool {
    return char(this.start) == Char.OpenBracket;
  }

  get isObject(): bool {
    return char(this.start) == Char.OpenBrace;
  }

  /** A whole number from 0 to `max`, written in plain digits; -1 for any other value. */
  uint(max: i64 = i64.MAX_VALUE): i64 {
    let at = this.start;
    let value: u64 = 0;
    for (; isDigit(char(at)); at++) {
      if (value > <u64> max / 10) return -1;
      value = value * 10 + (char(at) - Char.Zero);
    }
    // It is a valid number, so it goes on only with a fraction or an exponent.
    const isWhole = char(at) != Char.Dot && (char(at) | 0x20) != Char.LowerE;
    return at > this.start && isWhole && value <= <u64> max ? value : -1;
  }

  /** Whether this is a whole number that an i64 holds, written in plain digits. */
  get isInt(): bool {
    return this.magnitude() >= 0;
  }

  /** The whole number that `isInt` says this is; 0 for any other value. */
  int(): i64 {
    const magnitude = max(this.magnitude(), 0);
    return char(this.start) == Char.Minus ? -magnitude : magnitude;
  }

  /** What `uint` says of the digits behind a minus, or of the value. */
  private magnitude(): i64 {
    const digits = this.start + usize(char(this.start) == Char.Minus);
    return changetype<Json>(digits).uint();
  }

  /** The text of a string, unescaped; "" for any other value. */
  string(): string {
    if (!this.isString) return "";
    let units = 0;
    for (decodeFrom(this); decodeNext();) units += decoded > 0xffff ? 2 : 1;
    const text = changetype<string>(__new(units << 1, idof<string>()));
    let to = changetype<usize>(text);
    for (decodeFrom(this); decodeNext();) {
      if (decoded > 0xffff) {
        store<u16>(to, 0xd7c0 + (decoded >> 10));
        store<u16>(to, 0xdc00 | (decoded & 0x3ff), 2);
        to += 4;
      } else {
        store<u16>(to, decoded);
        to += 2;
      }
    }
    return text;
  }

  /** Whether this is a string and its text, unescaped, is `text`. */
  is(text: string): bool {
    if (!this.isString) return false;
    // Most names are plain, and the same or not as they stand.
    let index = 0;
    for (let at = this.start + 1; index < text.length; index++, at++) {
      const c = char(at);
      if (c == Char.Backslash || c >= 0x80) break;
      if (c != text.charCodeAt(index)) return false;
    }
    if (index == text.length) return char(this.start + 1 + index) == Char.Quote;
    index = 0;
    for (decodeFrom(this); decodeNext();) {
      if (index >= text.length || text.codePointAt(index) != decoded) return false;
      index += decoded > 0xffff ? 2 : 1;
    }
    return index == text.length;
  }

  /** The value of an object's first member named `key`; null when there is none, or this is no object. */
  get(key: string): Json | null {
    if (!this.isObject) return null;
    let at = skipSpace(this.start + 1);
    // After the last member, `at` stands behind the closing brace, where valid JSON cannot have a quote.
    while (char(at) == Char.Quote) {
      const name = changetype<Json>(at);
      const value = skipSpace(skipSpace(skipString(at)) + 1);
      if (name.is(key)) return changetype<Json>(value);
      at = skipSpace(skipSpace(skipValue(value, 0)) + 1);
    }
    return null;
  }

  /** The one element of an array that has exactly one; null for any other value. */
  only(): Json | null {
    if (!this.isArray) return null;
    const first = skipSpace(this.start + 1);
    if (char(first) == Char.CloseBracket) return null;
    const after = skipSpace(skipValue(first, 0));
    return char(after) == Char.CloseBracket ? changetype<Json>(first) : null;
  }
}

// Skipping. Each function takes the address of a token's first character and returns where it ends, or 0 if it is
// malformed. None goes past the line's "\n", since no token may contain one.

function skipSpace(at: usize): usize {
  let c = char(at);
  while (c == Char.Space || c == Char.Tab || c == Char.Return) c = char(++at);
  return at;
}

function skipValue(at: usize, depth: i32): usize {
  switch (char(at)) {
    case Char.Quote:
      return skipString(at);
    case Char.OpenBrace:
    case Char.OpenBracket:
      return depth < MAX_DEPTH ? skipContainer(at, depth + 1) : 0;
    case Char.LowerT:
      return skipWord(at, "true");
    case Char.LowerF:
      return skipWord(at, "false");
    case Char.LowerN:
      return skipWord(at, "null");
    default:
      return skipNumber(at);
  }
}

function skipContainer(at: usize, depth: i32): usize {
  const isObject = char(at) == Char.OpenBrace;
  const close = isObject ? Char.CloseBrace : Char.CloseBracket;
  at = skipSpace(at + 1);
  if (char(at) == close) return at + 1;
  while (true) {
    if (isObject) {
      at = skipString(at);
      if (!at) return 0;
      at = skipSpace(at);
      if (char(at) != Char.Colon) return 0;
      at = skipSpace(at + 1);
    }
    at = skipValue(at, depth);
    if (!at) return 0;
    at = skipSpace(at);
    const c = char(at);
    if (c == close) return at + 1;
    if (c != Char.Comma) return 0;
    at = skipSpace(at + 1);
  }
}

function skipString(at: usize): usize {
  if (char(at) != Char.Quote) return 0;
  while (true) {
    const c = char(++at);
    if (c == Char.Quote) return at + 1;
    if (c < Char.Space) return 0;
    if (c != Char.Backslash) continue;
    const escape = char(++at);
    if (escape == Char.LowerU) {
      for (let last = at + 4; at < last;) {
        if (hexDigit(char(++at)) < 0) return 0;
      }
    } else if (!unescape(escape)) {
      return 0;
    }
  }
}

function skipWord(at: usize, word: string): usize {
  for (let i = 0; i < word.length; i++, at++) {
    if (char(at) != word.charCodeAt(i)) return 0;
  }
  return at;
}

function skipNumber(at: usize): usize {
  if (char(at) == Char.Minus) at++;
  let end = skipDigits(at);
  if (!end || (char(at) == Char.Zero && end > at + 1)) return 0;
  if (char(end) == Char.Dot) {
    end = skipDigits(end + 1);
    if (!end) return 0;
  }
  if ((char(end) | 0x20) == Char.LowerE) {
    const sign = char(end + 1);
    end = skipDigits(end + (sign == Char.Plus || sign == Char.Minus ? 2 : 1));
  }
  return end;
}

function skipDigits(at: usize): usize {
  if (!isDigit(char(at))) return 0;
  do at++; while (isDigit(char(at)));
  return at;
}

function isDigit(c: i32): bool {
  return c >= Char.Zero && c <= Char.Nine;
}

function hexDigit(c: i32): i32 {
  if (isDigit(c)) return c - Char.Zero;
  const letter = (c | 0x20) - Char.LowerA;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

/** The character that a backslash and `c` stand for; 0 when they stand for none. */
function unescape(c: i32): i32 {
  switch (c) {
    case Char.Quote:
    case Char.Backslash:
    case Char.Slash:
      return c;
    case Char.LowerB:
      return 0x08;
    case Char.LowerF:
      return 0x0c;
    case Char.LowerN:
      return Char.Newline;
    case Char.LowerR:
      return Char.Return;
    case Char.LowerT:
      return Char.Tab;
    default:
      return 0;
  }
}

// Decoding a string, one code point at a time and without allocating: `decodeFrom(value)`, then `decodeNext()` for
// as long as it returns true, which leaves the code point in `decoded`.

let decoded: i32 = 0;
let decodeAt: usize = 0;

function decodeFrom(value: Json): void {
  decodeAt = changetype<usize>(value) + 1;
}

function decodeNext(): bool {
  const c = char(decodeAt);
  if (c == Char.Quote) return false;
  decodeAt++;
  if (c == Char.Backslash) {
    decoded = decodeEscape();
  } else {
    decoded = c < 0x80 ? c : decodeUtf8(c);
  }
  return true;
}

function decodeEscape(): i32 {
  const c = char(decodeAt++);
  if (c != Char.LowerU) return unescape(c);
  const unit = decodeHex();
  // "\\u" in little-endian order: a high surrogate and the low one that follows are one code point.
  if ((unit & 0xfc00) != 0xd800 || load<u16>(decodeAt) != 0x755c) return unit;
  const second = decodeAt;
  decodeAt += 2;
  const low = decodeHex();
  if ((low & 0xfc00) == 0xdc00) return 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
  decodeAt = second;
  return unit;
}

function decodeHex(): i32 {
  let unit = 0;
  for (let i = 0; i < 4; i++) unit = (unit << 4) | hexDigit(char(decodeAt++));
  return unit;
}

/** Decodes the sequence that `lead` begins; a malformed one becomes U+FFFD and never swallows the closing quote. */
function decodeUtf8(lead: i32): i32 {
  const length = clz<i32>(~(lead << 24));
  if (length < 2 || length > 4) return REPLACEMENT;
  let code = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const c = char(decodeAt);
    if ((c & 0xc0) != 0x80) return REPLACEMENT;
    code = (code << 6) | (c & 0x3f);
    decodeAt++;
  }
  return code <= 0x10ffff ? code : REPLACEMENT;
}
