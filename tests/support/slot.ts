/**
 * Guests out of a few lines of text, and runs of them outside of any plugin.
 *
 * @module
 */
import { Slot } from "../../lib/call/instance.ts";
import { createDispatcher } from "../../lib/call/rpc.ts";
import { Run, type RunOptions } from "../../lib/call/run.ts";
import { createHost } from "../../lib/host.ts";
import { now } from "../../lib/runtime.ts";
import type { GuestModule } from "../../lib/wasm/abi.ts";
import { meterModule } from "../../lib/wasm/meter.ts";
import { wat } from "./wat.ts";

/** A guest with a memory of so many pages, and of one more at most, whose `_start` has that body. */
export async function guestModule(start: string, before = "", pages = 1): Promise<GuestModule> {
  const memory = `(memory (export "memory") ${pages})`;
  const text = `(module ${before} ${memory} (func (export "_start") ${start}))`;
  const metered = meterModule(await wat(text), { maxPages: pages + 1 });
  return {
    module: await WebAssembly.compile(metered.bytes),
    abi: { ...metered.abi, memory: metered.abi.memory! },
  };
}

/** A place for such guests, with a memory. */
export function furnished(guest: GuestModule): Slot {
  const slot = new Slot(guest);
  slot.furnish();
  return slot;
}

/** What a run is given that has a minute, all the fuel it wants, and an empty stdin. */
export function runOptions(options: Partial<RunOptions> = {}): RunOptions {
  return {
    plugin: { id: "plugin-1", name: "test-plugin" },
    callId: 1,
    method: "run",
    request: "",
    requestId: 1,
    environment: { args: [], env: [] },
    deterministic: undefined,
    clock: true,
    random: true,
    nonblocking: false,
    dispatcher: createDispatcher(createHost(), () => true),
    codec: JSON,
    state: undefined,
    limits: { messageBytes: 1_000, logBytes: 1_000, hostCalls: 10, hostCallsInFlight: 10 },
    fuel: Infinity,
    startedAt: now(),
    timeoutMs: 60_000,
    sliceMs: 1_000,
    onLog: () => {},
    ...options,
  };
}

/** A run of the guest that is to be in that place. */
export function makeRun(slot: Slot, options?: Partial<RunOptions>): Run {
  return new Run(runOptions(options), slot.memory);
}
