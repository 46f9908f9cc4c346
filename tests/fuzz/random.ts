/**
 * Random numbers that a seed repeats.
 *
 * @module
 */

/** A sequence that is the same for the same seed and number, whatever the runtime. */
export class Random {
  #state: number;

  /** The sequence `number` of those that belong to `seed`. */
  constructor(seed: number, number: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b);
    this.#next();
  }

  /** 32 bits: a counter, mixed. */
  #next(): number {
    let mixed = this.#state = (this.#state + 0x6d2b79f5) | 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** An integer from 0 up to, and without, `limit`. */
  below(limit: number): number {
    return Math.floor(this.#next() / 2 ** 32 * limit);
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of a list. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** That many bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.#next());
  }
}
