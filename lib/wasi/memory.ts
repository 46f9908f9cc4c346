/**
 * The guest's linear memory, seen through bounds checks.
 *
 * @module
 */

/**
 * A guest pointer or length that leaves the memory. It never reaches the guest or the user: whoever
 * calls a handler catches it and answers `EFAULT`.
 */
export class Fault extends Error {
  /** Always `"Fault"`. */
  override readonly name = "Fault";
}

// One instance for all: a guest may cause millions, and recording a stack costs microseconds.
const FAULT = new Fault("guest pointer out of bounds");

/**
 * Bounds-checked, little-endian access to one `WebAssembly.Memory`.
 *
 * Pointers and lengths are unsigned byte counts (handlers write `ptr >>> 0`); an access that is not
 * wholly inside the memory throws `Fault` and touches nothing. The views are kept between calls and
 * made again only after the guest has grown its memory, which detaches them. A view from `bytes()`
 * dies with the next `memory.grow`, so nobody keeps one while the guest runs.
 */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  #bytes!: Uint8Array<ArrayBuffer>;
  #view!: DataView;

  /** Looks at `memory`, which must be neither shared nor 64-bit. */
  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#refresh();
  }

  /** Throws `Fault` unless `length` bytes from `ptr` on are inside the memory. */
  check(ptr: number, length: number): void {
    // A detached view has length 0, and a memory that has no page yet may have got one since.
    if (this.#bytes.length === 0) this.#refresh();
    // Said positively, so that a negative pointer or a NaN fails as well.
    if (!(ptr >= 0 && length >= 0 && ptr + length <= this.#bytes.length)) throw FAULT;
  }

  /** A live view of `length` bytes from `ptr` on; not a copy. */
  bytes(ptr: number, length: number): Uint8Array<ArrayBuffer> {
    this.check(ptr, length);
    return this.#bytes.subarray(ptr, ptr + length);
  }

  /** Copies `source` to `ptr`. */
  set(ptr: number, source: Uint8Array): void {
    this.check(ptr, source.length);
    this.#bytes.set(source, ptr);
  }

  /** Writes `length` zero bytes. */
  zero(ptr: number, length: number): void {
    this.check(ptr, length);
    this.#bytes.fill(0, ptr, ptr + length);
  }

  /** Reads a u8. */
  u8(ptr: number): number {
    this.check(ptr, 1);
    return this.#bytes[ptr];
  }

  /** Reads a u16. */
  u16(ptr: number): number {
    this.check(ptr, 2);
    return this.#view.getUint16(ptr, true);
  }

  /** Reads a u32. */
  u32(ptr: number): number {
    this.check(ptr, 4);
    return this.#view.getUint32(ptr, true);
  }

  /** Reads a u64. */
  u64(ptr: number): bigint {
    this.check(ptr, 8);
    return this.#view.getBigUint64(ptr, true);
  }

  /** Writes the low 8 bits of `value`. */
  setU8(ptr: number, value: number): void {
    this.check(ptr, 1);
    this.#bytes[ptr] = value;
  }

  /** Writes the low 16 bits of `value`. */
  setU16(ptr: number, value: number): void {
    this.check(ptr, 2);
    this.#view.setUint16(ptr, value, true);
  }

  /** Writes the low 32 bits of `value`. */
  setU32(ptr: number, value: number): void {
    this.check(ptr, 4);
    this.#view.setUint32(ptr, value, true);
  }

  /** Writes the low 64 bits of `value`. */
  setU64(ptr: number, value: bigint): void {
    this.check(ptr, 8);
    this.#view.setBigUint64(ptr, value, true);
  }

  #refresh(): void {
    const buffer = this.#memory.buffer as ArrayBuffer;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }
}
