/**
 * Reading and writing the primitive encodings of the WebAssembly binary format: bytes, LEB128 integers, names.
 *
 * @see https://webassembly.github.io/spec/core/binary/values.html
 * @module
 */

import { LoadError } from "../errors.ts";

/** The most bytes that a LEB128 integer of 32 bits may take. */
export const LEB32 = 5;
/** The most bytes that a LEB128 integer of 64 bits may take. */
export const LEB64 = 10;

const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

/**
 * A cursor over the range `pos`…`end` of `bytes`. Offsets are those of `bytes`, in sub-readers too, so that every message
 * names the offset in the module.
 *
 * Whatever does not decode (an overrun, an overlong LEB128, a name that is not UTF-8) is a {@linkcode LoadError} `wasm_invalid`.
 */
export class Reader {
  /** The bytes that all sub-readers share. */
  readonly bytes: Uint8Array;
  /** Offset of the next byte. */
  pos: number;
  /** Offset after the last byte. */
  readonly end: number;

  /** A cursor over `bytes` from offset `start` up to, and without, offset `end`. */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.pos = start;
    this.end = end;
  }

  /** Whether the range is read to its end. */
  get done(): boolean {
    return this.pos >= this.end;
  }

  /** One byte. */
  u8(): number {
    if (this.pos >= this.end) throw this.error("unexpected end");
    return this.bytes[this.pos++];
  }

  /** An unsigned LEB128 of 32 bits. */
  u32(): number {
    const pos = this.pos;
    if (pos < this.end) {
      const byte = this.bytes[pos];
      if (byte < 0x80) {
        this.pos = pos + 1;
        return byte;
      }
    }
    return this.#longU32();
  }

  #longU32(): number {
    const start = this.pos;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (shift === 28 && byte > 0x0f) break;
        return value >>> 0;
      }
    }
    throw this.error("integer of more than 32 bits", start);
  }

  /** An unsigned LEB128 of 64 bits. */
  u64(): bigint {
    const start = this.pos;
    let value = 0n;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) {
        if (shift === 63 && byte > 1) break;
        return value;
      }
    }
    throw this.error("integer of more than 64 bits", start);
  }

  /** A signed LEB128 of 33 bits, as block types and heap types have: negative for an abbreviation, else a type index. */
  s33(): number {
    const start = this.pos;
    // 33 bits do not fit in JavaScript's bitwise operators, so the fifth byte is added by multiplication.
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.u8();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (low << (25 - shift)) >> (25 - shift);
    }
    const last = this.u8();
    const high = (last << 27) >> 27;
    const unused = last >> 5;
    if (last >= 0x80 || unused !== (high < 0 ? 3 : 0)) {
      throw this.error("integer of more than 33 bits", start);
    }
    return high * 0x1000_0000 + low;
  }

  /** Skips a LEB128 integer of at most `longest` bytes ({@linkcode LEB32} or {@linkcode LEB64}). */
  skipLeb(longest: number): void {
    const { bytes, end } = this;
    const start = this.pos;
    const limit = Math.min(end, start + longest);
    let pos = start;
    while (pos < limit) {
      if (bytes[pos++] < 0x80) {
        this.pos = pos;
        return;
      }
    }
    throw pos < end
      ? this.error(`integer of more than ${longest} bytes`, start)
      : this.error("unexpected end", end);
  }

  /** Skips the next byte if it is this one, and answers whether it was. */
  skipByte(byte: number): boolean {
    const found = this.pos < this.end && this.bytes[this.pos] === byte;
    if (found) this.pos++;
    return found;
  }

  /** Skips `count` bytes. */
  skip(count: number): void {
    if (count > this.end - this.pos) throw this.error("unexpected end", this.end);
    this.pos += count;
  }

  /**
   * The length of a vector, of whose elements each takes at least `smallest` bytes: a length that the rest of the range cannot
   * hold is refused here, so a caller may allocate in proportion to it.
   */
  count(smallest = 1): number {
    const start = this.pos;
    const count = this.u32();
    if (count * smallest > this.end - this.pos) {
      throw this.error(`${count} elements do not fit in ${this.end - this.pos} bytes`, start);
    }
    return count;
  }

  /** A length-prefixed UTF-8 string. */
  name(): string {
    const length = this.u32();
    const start = this.pos;
    this.skip(length);
    try {
      return utf8Decoder.decode(this.bytes.subarray(start, this.pos));
    } catch {
      throw this.error("name that is not UTF-8", start);
    }
  }

  /** A reader of the next `length` bytes, which this reader skips. */
  sub(length: number): Reader {
    const start = this.pos;
    this.skip(length);
    return new Reader(this.bytes, start, this.pos);
  }

  /** The error `wasm_invalid` that says what is wrong, at which offset (here, unless `offset` is given). */
  error(what: string, offset: number = this.pos): LoadError {
    return new LoadError("wasm_invalid", `invalid wasm: ${what} at offset ${offset}`);
  }

  /** The error `wasm_unsupported` that says of what kind the thing at `offset` is, and its byte (or its `code`). */
  unsupported(what: string, offset: number, code: string = hex(this.bytes[offset])): LoadError {
    return new LoadError(
      "wasm_unsupported",
      `unsupported wasm: ${what} ${code} at offset ${offset}`,
    );
  }
}

/** A byte, or another small code, as `0x0b`. */
export function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, "0")}`;
}

/**
 * A growing buffer. Its size doubles, so any sequence of writes is linear in what is written; a caller that knows the size
 * to come gives it as `capacity`.
 */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** An empty buffer with room for `capacity` bytes. */
  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** What was written so far, without a copy: valid until the next write. */
  get view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) {
      const size = Math.max(needed, this.#bytes.length * 2);
      this.#bytes = new Uint8Array(this.#bytes.buffer.transfer(size));
    }
  }

  /** One byte. */
  u8(byte: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  /** An unsigned LEB128 of 32 bits, as short as can be. */
  u32(value: number): void {
    while (value > 0x7f) {
      this.u8((value & 0x7f) | 0x80);
      value >>>= 7;
    }
    this.u8(value);
  }

  /** A signed LEB128 of 32 bits, as short as can be. */
  s32(value: number): void {
    while (value < -0x40 || value > 0x3f) {
      this.u8((value & 0x7f) | 0x80);
      value >>= 7;
    }
    this.u8(value & 0x7f);
  }

  /** A signed LEB128 of 64 bits, as short as can be; block types and heap types (33 bits) are written with it too. */
  s64(value: bigint): void {
    while (value < -0x40n || value > 0x3fn) {
      this.u8(Number(value & 0x7fn) | 0x80);
      value >>= 7n;
    }
    this.u8(Number(value & 0x7fn));
  }

  /** An unsigned LEB128 of 64 bits, as short as can be. */
  u64(value: bigint): void {
    while (value > 0x7fn) {
      this.u8(Number(value & 0x7fn) | 0x80);
      value >>= 7n;
    }
    this.u8(Number(value));
  }

  /** A string as length-prefixed UTF-8. */
  name(text: string): void {
    const encoded = utf8Encoder.encode(text);
    this.u32(encoded.length);
    this.bytes(encoded);
  }

  /** The range `start`…`end` of `source`, as it is. */
  bytes(source: Uint8Array | readonly number[], start = 0, end: number = source.length): void {
    const count = end - start;
    this.#reserve(count);
    // A short copy costs less than the view that set() needs.
    if (count > 48 && source instanceof Uint8Array) {
      this.#bytes.set(source.subarray(start, end), this.#length);
    } else {
      const target = this.#bytes;
      for (let from = start, to = this.#length; from < end; from++, to++) target[to] = source[from];
    }
    this.#length += count;
  }

  /** A section, or anything else of the shape: byte `id`, length, content. */
  section(id: number, body: Writer): void {
    this.u8(id);
    this.sized(body);
  }

  /** The content of `body` after its length, as function bodies are written. */
  sized(body: Writer): void {
    this.u32(body.length);
    this.bytes(body.#bytes, 0, body.#length);
  }

  /** Forgets what was written and keeps the memory. */
  clear(): void {
    this.#length = 0;
  }

  /** All that was written, in a buffer of exactly that size. The writer is empty afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#bytes.buffer.transfer(this.#length));
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return bytes;
  }
}

/** The parts, one after another. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
