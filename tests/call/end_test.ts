// How a guest ends: without an answer, and after one.
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { loadPlugin } from "../../mod.ts";
import { wat } from "../support/wat.ts";
import {
  answer,
  ask,
  assertMembers,
  assertPluginError,
  makeLoggedPlugin,
  makePlugin,
  rejection,
  testFailures,
} from "../support/plugin.ts";

testFailures([
  {
    name: "guest traps before it reads",
    early: "!",
    code: "trap",
    message: /^Cannot call "run" on plugin "test-plugin": .*unreachable/i,
    report: { exitCode: null, stdinBytes: 0, stdoutBytes: 0 },
  },
  {
    name: "guest traps after it has read",
    params: "!",
    code: "trap",
    message: /unreachable/i,
    report: { exitCode: null },
  },
  {
    name: "guest traps in its start section",
    guest: "script start",
    early: "!",
    code: "trap",
    message: /unreachable/i,
    report: { exitCode: null },
  },
  {
    name: "guest recurses without end",
    params: "&",
    code: "trap",
    message: /stack/i,
    report: { exitCode: null },
  },
  {
    name: "guest recurses without end before it reads",
    early: "&",
    code: "trap",
    message: /stack/i,
    report: { exitCode: null },
  },
  {
    name: "guest recurses without end and calls the host on its way",
    guest: "deep",
    code: "trap",
    message: /stack/i,
    report: { exitCode: null },
  },
  {
    name: "guest returns without an answer",
    params: "",
    code: "exit",
    error: { exitCode: 0 },
    report: { exitCode: 0 },
  },
  {
    name: "guest exits with 0 without an answer",
    params: "#0",
    code: "exit",
    error: { exitCode: 0 },
    report: { exitCode: 0 },
  },
  {
    name: "guest exits with 3 without an answer",
    params: "#3",
    code: "exit",
    message: /\b3\b/,
    error: { exitCode: 3 },
    report: { exitCode: 3 },
  },
  {
    name: "guest ignores stdin and exits",
    early: "#0",
    code: "exit",
    error: { exitCode: 0 },
    report: { exitCode: 0, stdinBytes: 0 },
  },
  {
    name: "guest exits from its start section",
    guest: "script start",
    early: "#7",
    code: "exit",
    error: { exitCode: 7 },
    report: { exitCode: 7 },
  },
  {
    name: "guest exits after half a line",
    params: "{'jsonrpc'~#0",
    code: "exit",
    error: { exitCode: 0 },
  },
  {
    name: "guest exits after a sleep",
    params: "<0<1#4",
    code: "exit",
    error: { exitCode: 4 },
  },
]);

// What the guest does once it has answered does not change the result.
const AFTER: { name: string; then: string; exitCode: number | null; limits?: object }[] = [
  { name: "returns", then: "", exitCode: 0 },
  { name: "exits with 0", then: "#0", exitCode: 0 },
  { name: "exits with 3", then: "#3", exitCode: 3 },
  { name: "traps", then: "!", exitCode: null },
  { name: "recurses without end", then: "&", exitCode: null },
  { name: "reads the end of stdin, twice", then: "??", exitCode: 0 },
  { name: "sleeps a little", then: "<1", exitCode: 0 },
  { name: "runs out of fuel", then: "@", exitCode: null, limits: { fuel: 1_000_000 } },
  { name: "runs into its deadline", then: "@", exitCode: null, limits: { timeoutMs: 800 } },
  { name: "sleeps into its deadline", then: "<6", exitCode: null, limits: { timeoutMs: 800 } },
];

for (const { name, then, exitCode, limits } of AFTER) {
  Deno.test(`guest answers, then ${name}`, async () => {
    await using plugin = await makePlugin("script", { limits });
    const { result, report } = await plugin.callWithReport("run", answer(42) + then);
    assertEquals(result, 42);
    assertMembers(report, { outcome: "ok", exitCode });
    assertEquals(await plugin.call("ping"), "pong");
  });
}

for (const then of ["@", "<6"]) {
  Deno.test(`guest answers, then stays (${then}): killed after 1,000 ms`, async () => {
    await using plugin = await makePlugin("script");
    const { result, report } = await plugin.callWithReport("run", answer(42) + then);
    assertEquals(result, 42);
    assertMembers(report, { outcome: "ok", exitCode: null });
    assertGreaterOrEqual(report.durationMs, 990);
    assertEquals(await plugin.call("ping"), "pong");
  });
}

Deno.test("after the answer stdin is at its end, and requests are not served", async () => {
  let reached = 0;
  const host = { echo: () => ++reached };
  const { plugin, log } = await makeLoggedPlugin("script", { allow: { methods: ["echo"] } }, {
    host,
  });
  assertEquals(await plugin.call("run", answer("done") + ask(1, "echo") + "?"), "done");
  assertEquals(log, ["EOF"]);
  assertEquals(reached, 0);
  await plugin.close();
});

Deno.test("a guest whose data does not fit its memory traps, again and again", async () => {
  const wasm = await wat(`(module
    (memory (export "memory") 1)
    (data (i32.const 65535) "ab")
    (func (export "_start")))`);
  await using plugin = await loadPlugin({ name: "test-plugin" }, { wasm });
  for (let n = 0; n < 3; n++) {
    const error = await rejection(plugin.call("run"));
    assertPluginError(error, { code: "trap", report: { exitCode: null, stdinBytes: 0 } });
  }
});

Deno.test("a guest that throws out of _start has trapped", async () => {
  const wasm = await wat(`(module
    (memory (export "memory") 1)
    (tag $oops)
    (func (export "_start") (throw $oops)))`);
  await using plugin = await loadPlugin({ name: "test-plugin" }, { wasm });
  assertPluginError(await rejection(plugin.call("run")), { code: "trap" });
});
