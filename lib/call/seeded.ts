const U64 = 2n ** 64n - 1n;

/**
 * A seeded stream of bytes, the same on every engine: xoshiro128** 1.1, whose state is the first two numbers of SplitMix64.
 * Who knows the seed, or has seen some of the stream, knows the rest of it: nothing for secrets.
 *
 * https://prng.di.unimi.it/
 */
export class SeededRandom {
  readonly #state = new Uint32Array(4);

  /** @param seed From 0 on, below 2^64. */
  constructor(seed: number) {
    let sum = BigInt(seed);
    for (let i = 0; i < 4; i += 2) {
      sum = (sum + 0x9e3779b97f4a7c15n) & U64;
      let mixed = ((sum ^ (sum >> 30n)) * 0xbf58476d1ce4e5b9n) & U64;
      mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & U64;
      mixed ^= mixed >> 31n;
      this.#state[i] = Number(mixed & 0xffff_ffffn);
      this.#state[i + 1] = Number(mixed >> 32n);
    }
  }

  /** Fills `into`, four bytes at a time, the lowest first; what is left of the last four is dropped. */
  fill(into: Uint8Array): void {
    for (let i = 0; i < into.length; i += 4) {
      const word = this.#next();
      const end = Math.min(4, into.length - i);
      for (let j = 0; j < end; j++) into[i + j] = word >>> (8 * j);
    }
  }

  #next(): number {
    const state = this.#state;
    const [, s1] = state;
    const result = Math.imul(rotated(Math.imul(s1, 5), 7), 9);
    state[2] ^= state[0];
    state[3] ^= s1;
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= s1 << 9;
    state[3] = rotated(state[3], 11);
    return result;
  }
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
