/**
 * Runs a guest as it is, metered naively, and metered: all must do the same, and the two meters must agree.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { MeterAbi } from "../../lib/wasm/abi.ts";
import { meterModule, type MeterOptions } from "../../lib/wasm/meter.ts";
import { attachTank } from "./refuel.ts";
import { meterNaively, ORACLE_FUEL } from "./oracle.ts";
import { wat } from "./wat.ts";

/** What to run. */
export interface Guest extends MeterOptions {
  /** A module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it imports, made anew for each run. `probe` notes its argument, and what is burnt so far where there is a meter. */
  readonly imports?: (
    probe: (what: unknown) => void,
    exports: () => WebAssembly.Exports,
  ) => WebAssembly.Imports;
  /** The export to call. Default: `f`. */
  readonly name?: string;
  /** Its arguments. */
  readonly args?: readonly unknown[];
}

/** How a run has ended: with a result, a trap (of that text), or something thrown. */
export type Outcome = { returned: unknown } | { trapped: string } | { thrown: unknown };

/** What {@linkcode runAllWays} has seen. */
export interface Seen {
  /** The same in all ways. */
  readonly outcome: Outcome;
  /** Units burnt by the metered module. */
  readonly fuel: number;
  /** Units burnt by the naive meter: the same, but after a trap. */
  readonly naive: number;
}

/** The most fuel that fits in the global. */
export const PLENTY = 2 ** 31 - 1;

interface Run {
  readonly outcome: Outcome;
  /** What exported memories and globals hold at the end. */
  readonly state: Record<string, unknown>;
  readonly fuel: number;
  /** What was probed, and what was burnt at each probe. */
  readonly probed: readonly unknown[];
  readonly burnt: readonly number[];
}

/**
 * Runs a guest unmetered, under the oracle, metered with plenty of fuel, metered with so little that each check refuels, and
 * profiled, where what the functions burnt must come to the same.
 * Results, traps, exceptions, memories and globals must be the same, and what was burnt too, at each probe and at the end. Only
 * after a trap the metered module's count may be behind what ran, as the counter was in a local, or ahead of it, as segments are
 * paid for in whole.
 */
export function runAllWays(guest: Guest): Seen {
  const raw = execute(guest, guest.bytes, instantiate);
  const naive = execute(guest, meterNaively(guest.bytes), instantiate);
  const metered = execute(guest, guest.bytes, meteredWith(PLENTY));
  const starved = execute(guest, guest.bytes, meteredWith(0));
  const profiled = execute(guest, guest.bytes, profiledWith(PLENTY));
  for (const each of [naive, metered, starved, profiled]) {
    assertEquals(each.outcome, raw.outcome);
    assertEquals(each.state, raw.state);
    assertEquals(each.probed, raw.probed);
  }
  for (const each of [metered, starved, profiled]) {
    assertEquals(each.burnt, naive.burnt);
    if (!("trapped" in raw.outcome)) assertEquals(each.fuel, naive.fuel);
  }
  return { outcome: raw.outcome, fuel: metered.fuel, naive: naive.fuel };
}

/** An instance, before its start function has run if it is metered. */
interface Subject {
  readonly exports: WebAssembly.Exports;
  readonly burnt: () => number;
  readonly start?: () => void;
}

/** Makes an instance. `burnt` may be called once it has answered. */
type Maker = (
  guest: Guest,
  bytes: Uint8Array<ArrayBuffer>,
  imports: WebAssembly.Imports,
) => Subject;

function execute(guest: Guest, bytes: Uint8Array<ArrayBuffer>, make: Maker): Run {
  const probed: unknown[] = [], burnt: number[] = [];
  let subject: Subject | undefined;
  const probe = (what: unknown) => {
    probed.push(what);
    burnt.push(subject!.burnt());
  };
  const imports = guest.imports?.(probe, () => subject!.exports) ?? {};
  let outcome: Outcome;
  try {
    subject = make(guest, bytes, imports);
    subject.start?.();
    const run = subject.exports[guest.name ?? "f"] as (...args: unknown[]) => unknown;
    outcome = { returned: run(...guest.args ?? []) };
  } catch (error) {
    outcome = failure(error, subject?.exports ?? {});
  }
  return {
    outcome,
    state: subject ? stateOf(subject.exports) : {},
    fuel: subject ? subject.burnt() : 0,
    probed,
    burnt,
  };
}

const instantiate: Maker = (_guest, bytes, imports) => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  const fuel = exports[ORACLE_FUEL] as WebAssembly.Global | undefined;
  return { exports, burnt: () => Number(fuel?.value ?? 0) };
};

function meteredWith(ration: number): Maker {
  return (guest, bytes, imports) => {
    const { exports, abi, fuel, start } = meter(bytes, guest, imports);
    const tank = attachTank(exports, abi, ration);
    fuel.value = ration;
    return { exports, start, burnt: () => ration + Number(tank.burnt) };
  };
}

/** Burnt is what the profile says. */
function profiledWith(ration: number): Maker {
  return (guest, bytes, imports) => {
    const { exports, abi, fuel, start } = meter(bytes, {
      ...guest,
      profile: true,
      callsAfterGrowth: true,
    }, imports);
    attachTank(exports, abi, ration);
    fuel.value = ration;
    const { buffer } = exports[abi.profile!.memory] as WebAssembly.Memory;
    const burnt = () => Number(new BigInt64Array(buffer).reduce((sum, each) => sum + each, 0n));
    return { exports, start, burnt };
  };
}

/** An instance of a metered module, of which the start function has not run. */
export interface Metered {
  readonly exports: WebAssembly.Exports;
  readonly abi: MeterAbi;
  readonly fuel: WebAssembly.Global;
  readonly growFailed: WebAssembly.Global;
  readonly start: (() => void) | undefined;
  /** Sets what is called when the fuel is below zero. */
  setHook(hook: () => number): void;
}

/** Meters a module and makes an instance of it, with a memory if it wants one. */
export function meter(
  bytes: Uint8Array<ArrayBuffer>,
  options: MeterOptions = {},
  imports: WebAssembly.Imports = {},
): Metered {
  const { memory: kind, maxPages, maxElements, maxAllocated, callsAfterGrowth, profile } = options;
  const { bytes: metered, abi } = meterModule(bytes, {
    ...{ memory: kind, maxPages, maxElements, maxAllocated, callsAfterGrowth, profile },
  });
  const { memory } = abi;
  const given = memory === undefined
    ? imports
    : { ...imports, [memory.module]: { [memory.name]: new WebAssembly.Memory(memory) } };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(metered), given);
  return {
    exports,
    abi,
    fuel: exports[abi.fuel] as WebAssembly.Global,
    growFailed: exports[abi.growFailed] as WebAssembly.Global,
    start: abi.start === undefined ? undefined : exports[abi.start] as () => void,
    setHook: (hook) => (exports[abi.hook] as WebAssembly.Table).set(0, wasmFunction(hook)),
  };
}

const HOOK = new WebAssembly.Module(
  await wat(`(module (import "host" "hook" (func (result i32))) (export "hook" (func 0)))`),
);

/** A table takes functions of wasm only, which the export of an import is. */
function wasmFunction(hook: () => number): () => number {
  return new WebAssembly.Instance(HOOK, { host: { hook } }).exports.hook as () => number;
}

/** What the type declarations of the runtimes lack. */
interface ExceptionObject {
  is(tag: object): boolean;
  getArg(tag: object, index: number): unknown;
}
const { Exception, Tag } = WebAssembly as unknown as {
  Exception: new () => ExceptionObject;
  Tag: new () => object;
};

function failure(error: unknown, exports: WebAssembly.Exports): Outcome {
  if (error instanceof WebAssembly.RuntimeError) return { trapped: error.message };
  if (!(error instanceof Exception)) return { thrown: String(error) };
  for (const [name, value] of Object.entries(exports)) {
    if (value instanceof Tag && error.is(value)) {
      return { thrown: [name, payload(error, value)] };
    }
  }
  return { thrown: "of a tag that is not exported" };
}

function payload(error: ExceptionObject, tag: object): unknown {
  try {
    return error.getArg(tag, 0);
  } catch {
    return undefined; // it has none
  }
}

/** The guest's memories and globals; what a meter adds begins with two underscores. */
function stateOf(exports: WebAssembly.Exports): Record<string, unknown> {
  const state: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(exports)) {
    if (name.startsWith("__")) continue;
    if (value instanceof WebAssembly.Memory) state[name] = new Uint8Array(value.buffer.slice(0));
    else if (value instanceof WebAssembly.Global) state[name] = value.value;
    else if (value instanceof WebAssembly.Table) state[name] = value.length;
  }
  return state;
}
