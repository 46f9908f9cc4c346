// Calls of a deterministic plugin are alike, whatever the clock, the engine and other calls do meanwhile.
import { assert, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { type CallReport, type HostMethods, sleep } from "../../mod.ts";
import {
  answer,
  ask,
  assertPluginError,
  makeLoggedPlugin,
  makePlugin,
  type Members,
  rejection,
  request,
  text,
} from "../support/plugin.ts";

const START_MS = 1_700_000_000_000;
const ALLOW = { clock: true, random: true, methods: ["later", "never"] };
const deterministic = { seed: 42, startMs: START_MS };
const MANIFEST: Members = { deterministic, allow: ALLOW };

const host: HostMethods = {
  // Later requests are ready sooner.
  later: async (params) => {
    await sleep([0, 3, 9, 1][params as number]);
    return params;
  },
  never: () => new Promise(() => {}),
};

/** The two answers that deterministic.wat reads at once. */
const ANSWERS = [2, 3].map((id) => JSON.stringify({ jsonrpc: "2.0", id, result: id }) + "\n");

/** What deterministic.wat sees and burns, on every engine. To be written anew when the cost of instructions changes. */
const SEEN = [
  ...[BigInt(START_MS) * 1_000_000n + 5_103n, 5_579],
  "2a5ae8d0fa43f85f1805",
  // The answer is there first, and then nothing but the time.
  ...[1_001, 6_562, 36, 1_002],
  ...[1_007_028, 3_707_217],
  ANSWERS.join("").length,
  new TextEncoder().encode(ANSWERS.join("")).subarray(0, 42).toHex(),
  118_154_149,
  BigInt(START_MS) * 1_000_000n + 5_724_243n,
  0,
];
const REPORT = {
  method: "look",
  outcome: "ok" as const,
  fuel: 4_724_767,
  memoryPages: 4,
  hostCalls: 3,
  stdinBytes: 163,
  stdoutBytes: 399,
  stderrBytes: 0,
  exitCode: 0,
  denied: [],
};

/** A report without what is about time, and without the number of the call. */
function alike({ callId: _, durationMs: _1, guestMs: _2, yields: _3, ...rest }: CallReport) {
  return rest;
}

/** In the shortest slices a guest gets a turn of the event loop for each ration of fuel. */
const SLICES: [sliceMs: number, alone: number, together: number][] = [
  [0.01, 2, 3],
  [1, 20, 80],
  [1000, 20, 80],
];

for (const [sliceMs, alone, together] of SLICES) {
  const count = alone + together;
  Deno.test(`deterministic: bytes and fuel of ${count} calls, slices of ${sliceMs} ms`, async () => {
    const options = { host, sliceMs, bigint: true };
    await using plugin = await makePlugin("deterministic", MANIFEST, options);
    const look = () => plugin.callWithReport("look");
    const outcomes = [];
    for (let i = 0; i < alone; i++) outcomes.push(await look());
    outcomes.push(...await Promise.all(Array.from({ length: together }, look)));
    for (const { result, report } of outcomes) {
      assertEquals(result, SEEN);
      assertEquals(alike(report), REPORT);
    }
  });
}

Deno.test("deterministic: the fuel limit is as exact", async () => {
  await using plugin = await makePlugin("deterministic", MANIFEST, { host });
  const enough = await plugin.callWithReport("look", null, { fuel: REPORT.fuel });
  assertEquals(alike(enough.report), REPORT);
  // One unit less ends the guest behind its answer.
  const fuel = REPORT.fuel - 1;
  const short = await plugin.callWithReport("look", null, { fuel });
  assertEquals(alike(short.report), { ...REPORT, fuel, exitCode: null });
  const error = await rejection(plugin.call("look", null, { fuel: 1_000_000 }));
  assertPluginError(error, { code: "out_of_fuel", report: { fuel: 1_000_000, stdoutBytes: 53 } });
});

Deno.test("deterministic: what a guest has burnt when it traps", async () => {
  const burnt = new Set<number>();
  for (const sliceMs of [0.01, 0.5, 1000]) {
    await using plugin = await makePlugin("traps_at_work", MANIFEST, { sliceMs });
    for (let i = 0; i < 3; i++) {
      const error = await rejection(plugin.call("run"));
      assertPluginError(error, { code: "trap" });
      burnt.add(error.report!.fuel);
    }
  }
  assertEquals(burnt.size, 1);
});

Deno.test("deterministic: seed and start are what calls begin with", async () => {
  const see = async (deterministic: Members, allow: Members = {}) => {
    const manifest = { deterministic, allow: { ...ALLOW, ...allow } };
    await using plugin = await makePlugin("deterministic", manifest, { host, bigint: true });
    return await plugin.call("look") as unknown[];
  };
  const [, , bytes] = SEEN;
  const seeded = await see({ seed: 43, startMs: START_MS });
  assertEquals(seeded.slice(0, 2), SEEN.slice(0, 2));
  assertNotEquals(seeded[2], bytes);
  const started = await see({ seed: 42, startMs: 5 });
  assertEquals([started[0], started[2]], [5_005_103, bytes]);
  assertEquals((await see({}))[0], 5_103);
  const coarse = await see(deterministic, { clock: "coarse" });
  assertEquals(coarse.slice(0, 3), [BigInt(START_MS) * 1_000_000n, 0, bytes]);
});

Deno.test("deterministic: clock and random bytes are granted, or not", async () => {
  await using plugin = await makePlugin("script", { deterministic });
  const script = "(0(1^;" + answer();
  const { report } = await plugin.callWithReport("run", script);
  assertEquals(report.denied, ["clock_time_get", "random_get"]);
});

Deno.test("deterministic: the request is the same in each call", async () => {
  const rows: [manifest: Members, ids: number[]][] = [[MANIFEST, [1, 1, 1]], [{}, [1, 2, 3]]];
  for (const [manifest, ids] of rows) {
    const { plugin, log } = await makeLoggedPlugin("wire", manifest);
    await using _ = plugin;
    for (const _ of ids) await plugin.call("run");
    assertEquals(log.map((line) => JSON.parse(line).id), ids);
    assertEquals((await plugin.callWithReport("ping")).report.callId, ids.length + 1);
  }
});

Deno.test("deterministic: host methods run one at a time, and answer in the order of requests", async () => {
  const events: string[] = [];
  const { plugin, log } = await makeLoggedPlugin("script", MANIFEST, {
    host: {
      later: async (params) => {
        events.push(`begin ${params}`);
        await sleep(5 - (params as number));
        events.push(`end ${params}`);
        return params;
      },
    },
  });
  await using _ = plugin;
  const asks = [1, 2, 3].map((n) => text(request(n, "later", n)) + "^").join("");
  await plugin.call("run", `${asks}~???${answer()}`);
  assertEquals(events, [1, 2, 3].flatMap((n) => [`begin ${n}`, `end ${n}`]));
  assertEquals(log.map((line) => JSON.parse(line).result), [1, 2, 3]);
});

Deno.test("deterministic: sleeps are made up, eleven days of them too", async () => {
  await using plugin = await makePlugin("script", MANIFEST);
  const { report } = await plugin.callWithReport("run", `<9${answer()}`, { timeoutMs: 60_000 });
  assertEquals([report.outcome, report.exitCode], ["ok", 0]);
});

Deno.test("deterministic: a non-blocking guest never has to ask twice for an answer", async () => {
  const manifest = { ...MANIFEST, stdin: "nonblocking" };
  await using plugin = await makePlugin("nonblocking", manifest, {
    host: { later: () => sleep(20) },
  });
  assertEquals(await plugin.call("run"), 0);
});

Deno.test("deterministic: empty reads pass time as sleeps do", async () => {
  const manifest = { ...MANIFEST, stdin: "nonblocking" };
  const counts = new Set<unknown>();
  for (const sliceMs of [0.01, 1000]) {
    await using plugin = await makePlugin("impatient", manifest, { sliceMs });
    for (let i = 0; i < 3; i++) counts.add(await plugin.call("run"));
  }
  // Of a second: three at once, 1–93 ms, which are 429, five of 100 ms, and what is left.
  assertEquals([...counts], [3 + 16 + 5 + 1]);
});

Deno.test("deterministic: a guest that sleeps for ever can be stopped", async () => {
  await using plugin = await makePlugin("sleepless", MANIFEST);
  const late = await rejection(plugin.call("run", null, { timeoutMs: 300 }));
  assertPluginError(late, { code: "deadline_exceeded" });
  assertGreater(late.report!.yields, 0, "the event loop has its turns");
  const signal = AbortSignal.timeout(50);
  assertEquals(await rejection(plugin.call("run", null, { signal })), signal.reason);
  const dry = await rejection(plugin.call("run", null, { fuel: 100_000 }));
  assertPluginError(dry, { code: "out_of_fuel" });
  assertEquals(await plugin.call("ping"), "pong");
});

Deno.test("deterministic: a host method that does not answer holds the guest until its deadline", async () => {
  let aborted = false;
  await using plugin = await makePlugin("script", MANIFEST, {
    host: {
      never: (_params, { signal }) => {
        signal.addEventListener("abort", () => aborted = true);
        return new Promise(() => {});
      },
    },
  });
  const script = ask(1, "never") + "#3";
  const error = await rejection(plugin.call("run", script, { timeoutMs: 300 }));
  assertPluginError(error, { code: "deadline_exceeded" });
  assert(aborted);
  assertEquals(await plugin.call("ping"), "pong");
});

Deno.test("deterministic: whoever has answered does not wait for the host", async () => {
  await using plugin = await makePlugin("script", MANIFEST, { host });
  const script = text(request(1, "never")) + "^" + answer(5);
  const { result, report } = await plugin.callWithReport("run", script);
  assertEquals([result, report.exitCode], [5, 0]);
});
