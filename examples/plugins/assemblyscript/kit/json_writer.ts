import { Char } from "./char";
import { Json } from "./json";

/** Digits of the largest u64. */
const MAX_DIGITS = 20;

/** Writes JSON as UTF-8. Commas are put where they belong; calls chain. */
export class JsonWriter {
  private capacity: usize = 128;
  private buffer: usize = heap.alloc(128);
  private length: usize = 0;
  private comma: bool = false;

  /** Where the text written so far begins. */
  get start(): usize {
    return this.buffer;
  }

  /** How many bytes have been written. */
  get size(): usize {
    return this.length;
  }

  /** Forgets what has been written and keeps the buffer. */
  reset(): JsonWriter {
    this.length = 0;
    this.comma = false;
    return this;
  }

  /** Forgets what has been written, and goes on from where `other` is. */
  from(other: JsonWriter): JsonWriter {
    this.length = 0;
    this.copy(other.buffer, other.buffer + other.length);
    this.comma = other.comma;
    return this;
  }

  null(): JsonWriter {
    this.next();
    this.ascii("null");
    return this;
  }

  int(value: i64): JsonWriter {
    if (value >= 0) return this.uint(value);
    this.next();
    this.byte(Char.Minus);
    this.digits(-value);
    return this;
  }

  /** Exact, also above 2^53, where a JavaScript reader rounds. */
  uint(value: u64): JsonWriter {
    this.next();
    this.digits(value);
    return this;
  }

  string(text: string): JsonWriter {
    this.next();
    this.byte(Char.Quote);
    for (let i = 0; i < text.length; i++) {
      const code = text.codePointAt(i);
      if (code > 0xffff) i++;
      const plain = code >= Char.Space && code < 0x80;
      if (plain && code != Char.Quote && code != Char.Backslash) this.byte(code);
      else this.special(code);
    }
    this.byte(Char.Quote);
    return this;
  }

  /** A value as it was read. */
  value(json: Json): JsonWriter {
    this.next();
    this.copy(changetype<usize>(json), json.end);
    return this;
  }

  /** What another writer has written: one whole value. */
  written(other: JsonWriter): JsonWriter {
    this.next();
    this.copy(other.buffer, other.buffer + other.length);
    return this;
  }

  openObject(): JsonWriter {
    this.next();
    this.byte(Char.OpenBrace);
    this.comma = false;
    return this;
  }

  key(name: string): JsonWriter {
    this.string(name);
    this.byte(Char.Colon);
    this.comma = false;
    return this;
  }

  closeObject(): JsonWriter {
    this.byte(Char.CloseBrace);
    this.comma = true;
    return this;
  }

  /** Ends a line of output. */
  newline(): JsonWriter {
    this.byte(Char.Newline);
    return this;
  }

  private next(): void {
    if (this.comma) this.byte(Char.Comma);
    this.comma = true;
  }

  private digits(value: u64): void {
    this.reserve(MAX_DIGITS);
    let count = 1;
    for (let left = value / 10; left; left /= 10) count++;
    this.length += count;
    for (let at = this.buffer + this.length; count; count--, value /= 10) {
      store<u8>(--at, Char.Zero + <i32> (value % 10));
    }
  }

  private special(code: i32): void {
    if (code == Char.Quote || code == Char.Backslash) {
      this.byte(Char.Backslash);
      this.byte(code);
    } else if (code < Char.Space || (code >> 11) == 0x1b) {
      // A control character, or half a surrogate pair, which UTF-8 cannot carry.
      this.ascii("\\u");
      for (let shift = 12; shift >= 0; shift -= 4) {
        const digit = code >> shift & 15;
        this.byte(digit < 10 ? Char.Zero + digit : Char.LowerA - 10 + digit);
      }
    } else {
      this.utf8(code);
    }
  }

  private utf8(code: i32): void {
    const extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    this.byte(0xff80 >> extra | code >> extra * 6);
    for (let shift = extra * 6; shift;) {
      shift -= 6;
      this.byte(0x80 | (code >> shift & 0x3f));
    }
  }

  private ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  @inline
  private byte(value: i32): void {
    if (this.length == this.capacity) this.reserve(1);
    store<u8>(this.buffer + this.length++, value);
  }

  private copy(from: usize, to: usize): void {
    this.reserve(to - from);
    memory.copy(this.buffer + this.length, from, to - from);
    this.length += to - from;
  }

  private reserve(bytes: usize): void {
    if (this.length + bytes <= this.capacity) return;
    this.capacity = max(this.capacity * 2, this.length + bytes);
    this.buffer = heap.realloc(this.buffer, this.capacity);
  }
}
