// Memories over all plugins of the process: who has to let go, and who has to wait.
import { assert, assertEquals } from "@std/assert";
import { CEILING, Ceiling } from "../../lib/call/ceiling.ts";
import { createEnvironment } from "../../lib/call/environment.ts";
import { Pool } from "../../lib/call/pool.ts";
import { createDispatcher } from "../../lib/call/dispatcher.ts";
import { type Host, toHost } from "../../lib/host.ts";
import { parseManifest } from "../../lib/manifest.ts";
import { Plugin } from "../../lib/plugin.ts";
import { sleep } from "../../lib/runtime.ts";
import { meterModule } from "../../lib/wasm/meter.ts";
import {
  answer,
  ask,
  assertPluginError,
  guest,
  makePlugin,
  type Members,
  rejection,
} from "../support/plugin.ts";
import { guestModule } from "../support/slot.ts";

/** A place in the ceiling's queue and in the pool, as a call has them. */
function enter(ceiling: Ceiling, pool: Pool) {
  assert(ceiling.guests.tryEnter());
  const slot = pool.acquire();
  return () => {
    pool.release(slot, true);
    ceiling.guests.leave();
  };
}

/** Pools of a small guest below a ceiling. */
async function makePools(count: number, ceiling: Ceiling): Promise<Pool[]> {
  const module = await guestModule("");
  return Array.from({ length: count }, () => new Pool(module, ceiling));
}

Deno.test("ceiling: below it each pool keeps what it had", async () => {
  const ceiling = new Ceiling(4);
  const pools = await makePools(2, ceiling);
  for (const pool of pools) {
    const leaves = [enter(ceiling, pool), enter(ceiling, pool)];
    leaves.forEach((leave) => leave());
  }
  assertEquals(pools.map(({ idle }) => idle), [2, 2]);
});

Deno.test("ceiling: who needs a memory gets that of a pool that does not, of each in its turn", async () => {
  const ceiling = new Ceiling(5);
  const [one, two, hungry] = await makePools(3, ceiling);
  for (const pool of [one, two]) {
    const leaves = [enter(ceiling, pool), enter(ceiling, pool)];
    leaves.forEach((leave) => leave());
  }
  const idle = [];
  for (let i = 0; i < 5; i++) {
    enter(ceiling, hungry);
    idle.push([one.idle, two.idle]);
  }
  assertEquals(idle, [[2, 2], [1, 2], [1, 1], [0, 1], [0, 0]]);
  assert(!ceiling.guests.tryEnter());
});

Deno.test("ceiling: a memory that is used again takes no room", async () => {
  const ceiling = new Ceiling(2);
  const [one, two] = await makePools(2, ceiling);
  enter(ceiling, one)();
  enter(ceiling, two)();
  for (let i = 0; i < 3; i++) enter(ceiling, one)();
  assertEquals([one.idle, two.idle], [1, 1]);
});

Deno.test("ceiling: a closed pool has nothing to let go of", async () => {
  const ceiling = new Ceiling(2);
  const [closed, open, hungry] = await makePools(3, ceiling);
  enter(ceiling, closed)();
  closed.close();
  enter(ceiling, open)();
  enter(ceiling, hungry);
  assertEquals([closed.idle, open.idle], [0, 1]);
});

/** A plugin with script.wat below a ceiling of its own. */
async function makeCapped(
  name: string,
  ceiling: Ceiling,
  methods: Record<string, (params: unknown) => unknown>,
  limits: Members = {},
): Promise<Plugin> {
  const manifest = parseManifest({ name, allow: { methods: Object.keys(methods) }, limits });
  const { bytes, abi: { memory, ...abi } } = meterModule(await guest("script"), { maxPages: 16 });
  const module = await WebAssembly.compile(bytes);
  const host: Host = toHost(methods);
  return new Plugin({ module, abi: { ...abi, memory: memory! } }, {
    plugin: { id: name, name },
    manifest,
    env: {},
    args: [],
    environment: createEnvironment(manifest, { env: {}, args: [] }, String),
    dispatcher: createDispatcher(host, () => true),
    codec: JSON,
    state: undefined,
    sliceMs: 8,
    onLog: () => {},
  }, ceiling);
}

/** Plugins below a ceiling; a call of `enter` notes who it is and waits for `open`. */
async function makeGated(names: string, ceiling: Ceiling, limits: Members = {}) {
  const log: unknown[] = [];
  let inside = 0, most = 0;
  const gate = Promise.withResolvers<void>();
  const methods = {
    enter: async (who: unknown) => {
      log.push(who);
      most = Math.max(most, ++inside);
      await gate.promise;
      inside--;
    },
  };
  const plugins = new Map<string, Plugin>();
  for (const name of names) plugins.set(name, await makeCapped(name, ceiling, methods, limits));
  /** Calls the plugin that the first letter names. */
  const enter = (who: string, options = {}) =>
    plugins.get(who[0])!.call("run", ask(1, "enter", who) + "?" + answer(who), options);
  const close = () => Promise.all([...plugins.values()].map((plugin) => plugin.close()));
  return { plugins, log, enter, open: gate.resolve, close, most: () => most };
}

for (const places of [1, 2]) {
  Deno.test(`ceiling: calls above ${places} wait in the order in which they came, whatever their plugin`, async () => {
    const ceiling = new Ceiling(places);
    const { plugins, log, enter, open, close, most } = await makeGated("abc", ceiling);
    const names = ["a0", "b0", "a1", "a2", "b1", "c0", "a3", "c1"];
    const calls = names.map((who) => enter(who));
    while (log.length < places) await sleep(1);
    assertEquals(ceiling.guests.length, names.length - places);
    assertEquals([...plugins.values()].map((plugin) => plugin.stats().running), [4, 2, 2]);
    open();
    assertEquals(await Promise.all(calls), names);
    assertEquals(log, names);
    assertEquals(most(), places);
    assertEquals([ceiling.guests.running, ceiling.guests.length], [0, 0]);
    await close();
  });
}

Deno.test("ceiling: a plugin with many calls does not keep the others out", async () => {
  const { log, enter, open, close } = await makeGated("ab", new Ceiling(1), { concurrency: 1 });
  const names = ["a0", "a1", "a2", "a3", "b0", "b1"];
  const calls = names.map((who) => enter(who));
  open();
  await Promise.all(calls);
  assertEquals(log, ["a0", "b0", "a1", "b1", "a2", "a3"]);
  await close();
});

Deno.test("ceiling: deadline, signal and close() end a call that waits, and the next has its place", async () => {
  const ceiling = new Ceiling(1);
  const { plugins, log, enter, open, close } = await makeGated("abc", ceiling);
  const first = enter("a0");
  const stop = new AbortController();
  const late = rejection(enter("b0", { timeoutMs: 20 }));
  const aborted = rejection(enter("b1", { signal: stop.signal }));
  const closed = rejection(enter("c0"));
  const last = enter("b2");
  stop.abort("enough");
  assertEquals(await aborted, "enough");
  await plugins.get("c")!.close();
  assertPluginError(await closed, { code: "closed" });
  assertPluginError(await late, { code: "deadline_exceeded", report: { fuel: 0 } });
  assertEquals(ceiling.guests.length, 1);
  open();
  assertEquals([await first, await last, ...log], ["a0", "b2", "a0", "b2"]);
  assertEquals(ceiling.guests.running, 0);
  await close();
});

Deno.test("ceiling: a guest that waits for a host method holds its place while that calls a plugin", async () => {
  for (const [most, failed] of [[2, 0], [1, 1]]) {
    const ceiling = new Ceiling(most);
    const inner = await makeCapped("inner", ceiling, {});
    const outer = await makeCapped("outer", ceiling, {
      inner: () => inner.call("ping", null, { timeoutMs: 50 }).catch(() => {}),
    });
    assertEquals(await outer.call("run", ask(1, "inner") + "?" + answer("done")), "done");
    assertEquals(inner.stats(), { calls: 1, succeeded: 1 - failed, failed, running: 0, queued: 0 });
    await Promise.all([inner.close(), outer.close()]);
  }
});

Deno.test("ceiling: of the process is there, and far away", async () => {
  const { guests } = CEILING;
  const before = guests.running;
  const gate = Promise.withResolvers<void>();
  await using plugin = await makePlugin("script", {
    allow: { methods: ["gate"] },
    limits: { concurrency: 100 },
  }, { host: { gate: () => gate.promise } });
  const calls = Array.from({ length: 100 }, () => plugin.call("run", ask(1, "gate") + "?"));
  assertEquals(guests.running, before + 100);
  assertEquals(guests.length, 0);
  gate.resolve();
  await Promise.allSettled(calls);
  assertEquals(guests.running, before);
});
