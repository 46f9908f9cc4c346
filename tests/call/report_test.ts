// The receipt.
import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import {
  answer,
  ask,
  assertMembers,
  assertPluginError,
  makeLoggedPlugin,
  makePlugin,
  rejection,
} from "../support/plugin.ts";

const KEYS = [
  "callId",
  "denied",
  "durationMs",
  "exitCode",
  "fuel",
  "guestMs",
  "hostCalls",
  "memoryPages",
  "method",
  "outcome",
  "stderrBytes",
  "stdinBytes",
  "stdoutBytes",
  "yields",
];

Deno.test("report of a good call", async () => {
  const { plugin, log } = await makeLoggedPlugin("wire");
  const { result, report } = await plugin.callWithReport("show", [1]);
  assertEquals(result, 0);
  assertEquals(Object.keys(report).sort(), KEYS);
  const line = log[0].length + 1;
  assertMembers(report, {
    method: "show",
    outcome: "ok",
    yields: 0,
    memoryPages: 4,
    hostCalls: 0,
    stdinBytes: line,
    stdoutBytes: `{"jsonrpc":"2.0","id":${report.callId},"result":0}\n`.length,
    stderrBytes: line,
    exitCode: 0,
    denied: [],
  });
  assertEquals(JSON.parse(log[0]).id, report.callId);
  assert(Number.isSafeInteger(report.callId) && report.callId >= 0);
  assert(Number.isSafeInteger(report.fuel) && report.fuel > 0);
  assertGreaterOrEqual(report.guestMs, 0);
  assertGreaterOrEqual(report.durationMs, report.guestMs);
  assertEquals(JSON.parse(JSON.stringify(report)), report);
  await plugin.close();
});

Deno.test("report of a failed call has the same members", async () => {
  await using plugin = await makePlugin("script");
  const error = await rejection(plugin.call("run", "!"));
  assertPluginError(error, { code: "trap", report: { outcome: "trap", exitCode: null } });
  assertEquals(Object.keys(error.report!).sort(), KEYS);
});

Deno.test("report: each call has an id of its own", async () => {
  await using plugin = await makePlugin("script");
  const calls = Array.from({ length: 20 }, () => plugin.callWithReport("ping"));
  const ids = (await Promise.all(calls)).map(({ report }) => report.callId);
  assertEquals(new Set(ids).size, 20);
});

Deno.test("report: the same call burns the same fuel, whatever else runs", async () => {
  await using plugin = await makePlugin("script", {}, { sliceMs: 1 });
  const script = "hello^;<0" + answer([1, 2, 3]);
  const one = await plugin.callWithReport("run", script);
  const busy = rejection(plugin.call("run", "@", { timeoutMs: 30 }));
  const two = await plugin.callWithReport("run", script);
  await busy;
  assertEquals(two.report.fuel, one.report.fuel);
});

Deno.test("report: memoryPages counts what the guest grew by", async () => {
  await using plugin = await makePlugin("script");
  const { report } = await plugin.callWithReport("run", ">0>0;" + answer());
  assertEquals(report.memoryPages, 6);
  assertEquals((await plugin.callWithReport("ping")).report.memoryPages, 4);
});

Deno.test("report: a guest that loops yields, and the event loop turns", async () => {
  await using plugin = await makePlugin("script", {}, { sliceMs: 2 });
  let beats = 0;
  const timer = setInterval(() => beats++, 1);
  const error = await rejection(plugin.call("run", "@", { timeoutMs: 200 }));
  clearInterval(timer);
  assertPluginError(error, { code: "deadline_exceeded" });
  assertGreater(error.report!.yields, 3);
  assertGreater(beats, 3);
  assertGreater(error.report!.guestMs, 0);
});

Deno.test("report: time asleep and time in host methods is not the guest's", async () => {
  await using plugin = await makePlugin("script", { allow: { methods: ["slow"] } }, {
    host: { slow: () => new Promise((resolve) => setTimeout(() => resolve(1), 100)) },
  });
  const script = "<2" + ask(1, "slow") + "?" + answer();
  const { report } = await plugin.callWithReport("run", script);
  assertGreaterOrEqual(report.durationMs, 199);
  assertGreaterOrEqual(report.durationMs, report.guestMs + 190);
});

Deno.test("report: what the guest did not read is not counted", async () => {
  await using plugin = await makePlugin("script", { allow: { args: ["#0"] } });
  const error = await rejection(plugin.call("run", "y".repeat(1000), { args: ["#0"] }));
  assertPluginError(error, { code: "exit", report: { stdinBytes: 0 } });
});
