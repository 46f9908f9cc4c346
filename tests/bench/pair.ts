/**
 * The same work, as it is and metered, side by side.
 *
 * @module
 */
import process from "node:process";
import { Slices } from "../../lib/call/slices.ts";
import { WAIT } from "../../lib/wasi/context.ts";
import { SHIM_IMPORTS, SHIM_WAIT, shimModule } from "../../lib/wasm/shim.ts";
import { type MeterAbi, now } from "../../mod.ts";

/** What `Bun` is called under Bun. */
const IS_BUN = "Bun" in globalThis;

/** The figure that holds for the runtime that asks. */
export function byRuntime<T>(figures: { deno: T; bun: T }): T {
  return IS_BUN ? figures.bun : figures.deno;
}

/** Fuel in rations, given and counted as calls do it, but without an end. */
export class Account {
  readonly #slices = new Slices(
    { now, stopped: false, deadline: Infinity, overdue() {}, outOfFuel() {}, yield: () => WAIT },
    Infinity,
    Infinity,
  );
  readonly #left: { value: number };

  /** Puts the hook into a metered instance, and runs the module's start function. */
  constructor(exports: WebAssembly.Exports, abi: MeterAbi) {
    this.#left = exports[abi.fuel] as WebAssembly.Global;
    const hook = exports[abi.hook] as WebAssembly.Table;
    hook.set(0, refuelHook(() => this.#slices.refuel()));
    this.#slices.start(this.#left);
    if (abi.start !== undefined) (exports[abi.start] as () => void)();
  }

  /** Fuel burnt so far. */
  get burnt(): number {
    return this.#slices.burnt;
  }
}

const REFUEL = "refuel";
const SHIM = new WebAssembly.Module(
  shimModule([{ name: REFUEL, params: [], results: ["i32"] }]),
);

/** A wasm function that calls `refuel`, which never asks to wait. */
function refuelHook(refuel: () => number): () => number {
  const imports = { [SHIM_IMPORTS]: { [REFUEL]: refuel, [SHIM_WAIT]: () => 0 } };
  return new WebAssembly.Instance(SHIM, imports).exports[REFUEL] as () => number;
}

/** The CPU time of this process so far, in ms. Unlike the time of day it stands still while others have the processor. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Calls both; which one is first depends on `turn`, so that over many turns neither gains by it. */
export function inTurn<T>(turn: number, raw: () => T, metered: () => T): [raw: T, metered: T] {
  if (turn % 2 === 0) {
    const first = raw();
    return [first, metered()];
  }
  const first = metered();
  return [raw(), first];
}

/** Throws unless both are the same. */
export function assertSame(what: string, raw: unknown, metered: unknown): void {
  if (raw !== metered) throw new Error(`${what}: ${raw} unmetered, ${metered} metered`);
}

/** The geometric mean. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
