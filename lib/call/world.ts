/**
 * Where a guest's time and chance come from: the machine, or nothing but its own doings.
 *
 * @module
 */

import { now } from "../runtime.ts";
import { toNanoseconds } from "../wasi/clock.ts";
import type { WasiContext } from "../wasi/context.ts";
import { SeededRandom } from "./seeded.ts";

/** The world as a guest sees it. */
export interface World
  extends Pick<WasiContext, "monotonic" | "realtime" | "resolution" | "fillRandom"> {
  /** Makes it that moment on the monotonic clock, in ns, and answers true; or false, where time passes by itself. */
  skipTo(moment: bigint): boolean;
}

/** The machine's own clocks and random bytes. */
export const REAL_WORLD: World = {
  monotonic: () => toNanoseconds(now()),
  realtime: () => toNanoseconds(Date.now()),
  resolution: (clock) => clock === "realtime" ? 1_000_000n : 1_000n,
  fillRandom: (into) => void crypto.getRandomValues(into),
  skipTo: () => false,
};

/** What a guest's world is made of when all of its calls are to be alike. */
export interface Determinism {
  /** What random bytes follow from, from 0 on. */
  readonly seed: number;
  /** The time at which each call begins, in ms since the epoch. */
  readonly startMs: number;
}

/**
 * A world that depends on nothing but what the guest has done: a unit of fuel takes a nanosecond, a sleep takes as long as the
 * guest asked for, on these clocks and not in truth, and nothing else takes any time.
 */
export class MadeUpWorld implements World {
  readonly #start: bigint;
  readonly #random: SeededRandom;
  readonly #burnt: () => number;
  /** Time that the guest has slept, in ns. */
  #slept = 0n;

  /** @param burnt The fuel that the guest has burnt, exact whenever it asks anything of its world. */
  constructor({ seed, startMs }: Determinism, burnt: () => number) {
    this.#start = BigInt(startMs) * 1_000_000n;
    this.#random = new SeededRandom(seed);
    this.#burnt = burnt;
  }

  monotonic(): bigint {
    return BigInt(this.#burnt()) + this.#slept;
  }

  realtime(): bigint {
    return this.#start + this.monotonic();
  }

  resolution(): bigint {
    return 1n;
  }

  fillRandom(into: Uint8Array): void {
    this.#random.fill(into);
  }

  skipTo(moment: bigint): boolean {
    const ahead = moment - this.monotonic();
    if (ahead > 0n) this.#slept += ahead;
    return true;
  }
}
