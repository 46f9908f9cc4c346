/**
 * The same work, as it is and metered, side by side.
 *
 * @module
 */
import { Slices } from "../../lib/call/slices.ts";
import { WAIT } from "../../lib/wasi/context.ts";
import { SHIM_IMPORTS, SHIM_WAIT, shimModule } from "../../lib/wasm/shim.ts";
import { type MeterAbi, now } from "../../mod.ts";
import { percentile } from "./bench.ts";

/** Something to run, and what came out of it last. */
export interface Side {
  run(): number;
}

/** What {@linkcode comparePairs} found. */
export interface Comparison {
  /** Median of the times of the unmetered runs, in ms. */
  readonly rawMs: number;
  /** Metered by unmetered time, a pair each, from the smallest. */
  readonly ratios: readonly number[];
}

/** Fuel in rations, given as calls give it, and counted. */
export class Account {
  readonly #slices = new Slices(
    { now, stopped: false, deadline: Infinity, overdue() {}, outOfFuel() {}, yield: () => WAIT },
    Infinity,
    Infinity,
  );
  readonly #left: { value: number };

  /** Puts its hook into a metered instance. */
  constructor(exports: WebAssembly.Exports, abi: MeterAbi) {
    this.#left = exports[abi.fuel] as WebAssembly.Global;
    (exports[abi.hook] as WebAssembly.Table).set(0, refuelHook(() => this.#slices.refuel()));
    this.reset();
  }

  /** Fuel burnt since the last {@linkcode reset}. */
  get burnt(): number {
    return this.#slices.burnt;
  }

  /** Begins to count anew. */
  reset(): void {
    this.#slices.start(this.#left);
  }
}

/** A wasm function that calls `refuel`, which never waits. */
function refuelHook(refuel: () => number): unknown {
  const shim = new WebAssembly.Module(
    shimModule([{ name: "refuel", params: [], results: ["i32"] }]),
  );
  const imports = { [SHIM_IMPORTS]: { refuel, [SHIM_WAIT]: () => 0 } };
  return new WebAssembly.Instance(shim, imports).exports.refuel;
}

/**
 * Times both in turns, so that what slows the machine slows both; which of a pair is first alternates.
 *
 * @throws Error when they disagree on their result.
 */
export function comparePairs(raw: () => number, metered: () => number, pairs: number): Comparison {
  const rawMs: number[] = [];
  const ratios: number[] = [];
  for (let i = 0; i < pairs; i++) {
    let a: Timing, b: Timing;
    if (i % 2 === 0) a = time(raw), b = time(metered);
    else b = time(metered), a = time(raw);
    if (a.result !== b.result) {
      throw new Error(`raw answers ${a.result}, metered ${b.result}`);
    }
    rawMs.push(a.ms);
    ratios.push(b.ms / a.ms);
  }
  return { rawMs: percentile(rawMs, 0.5), ratios: ratios.sort((a, b) => a - b) };
}

interface Timing {
  readonly ms: number;
  readonly result: number;
}

/** Runs once. */
export function time(run: () => number): Timing {
  const start = now();
  const result = run();
  return { ms: now() - start, result };
}

/** The geometric mean. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
