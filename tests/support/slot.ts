/**
 * Guests out of a few lines of text, and runs of them outside of any plugin.
 *
 * @module
 */
import { Slot } from "../../lib/call/instance.ts";
import { createDispatcher } from "../../lib/call/dispatcher.ts";
import { Run } from "../../lib/call/run.ts";
import type { RunSource, Task } from "../../lib/call/task.ts";
import { createHost } from "../../lib/host.ts";
import { parseManifest } from "../../lib/manifest.ts";
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

/** A plugin with no host methods. */
export const SOURCE: RunSource = {
  plugin: { id: "plugin-1", name: "test-plugin" },
  manifest: parseManifest({ name: "test-plugin", allow: { clock: true, random: true } }),
  dispatcher: createDispatcher(createHost(), () => true),
  codec: JSON,
  state: undefined,
  sliceMs: 1_000,
  onLog: () => {},
};

/** A task with a minute, all the fuel it wants, and nothing in stdin. */
export function makeTask(task: Partial<Task> = {}): Task {
  return {
    callId: 1,
    method: "run",
    request: "",
    requestId: 1,
    environment: { args: [], env: [] },
    fuel: Infinity,
    startedAt: now(),
    timeoutMs: 60_000,
    ...task,
  };
}

/** A run of the guest that is to be in that place. */
export function makeRun(slot: Slot, task?: Partial<Task>): Run {
  return new Run(SOURCE, makeTask(task), slot.memory);
}
