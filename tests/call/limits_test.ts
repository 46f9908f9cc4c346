// The limits of the manifest, but for the deadline, from both sides of its edge.
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  answer,
  ask,
  assertMembers,
  assertPluginError,
  makeLoggedPlugin,
  makePlugin,
  rejection,
  request,
  say,
  testFailures,
} from "../support/plugin.ts";

const never = { host: { never: () => new Promise(() => {}) } };
const allowNever = { methods: ["never"] };

testFailures([
  {
    name: "fuel: loops before it reads",
    early: "@",
    manifest: { limits: { fuel: 1_000_000 } },
    code: "out_of_fuel",
    message: /: out of fuel after \d+ units \(limit 1000000\)$/,
    error: { limit: 1_000_000 },
    report: { exitCode: null },
  },
  {
    name: "fuel: loops after it has read",
    params: "@",
    manifest: { limits: { fuel: 1_000_000 } },
    code: "out_of_fuel",
    error: { limit: 1_000_000 },
  },
  {
    name: "fuel: loops and catches everything",
    guest: "catch_all",
    params: "spin",
    manifest: { limits: { fuel: 1_000_000 } },
    code: "out_of_fuel",
    error: { limit: 1_000_000 },
  },
  {
    name: "fuel: of the call below the manifest's",
    params: "@",
    manifest: { limits: { fuel: 1e12 } },
    call: { fuel: 1_000_000 },
    code: "out_of_fuel",
    error: { limit: 1_000_000 },
  },
  {
    name: "fuel: of the call above the manifest's",
    params: "@",
    manifest: { limits: { fuel: 1_000_000 } },
    call: { fuel: 1e12 },
    code: "out_of_fuel",
    error: { limit: 1_000_000 },
  },
  {
    name: "memory: traps when it cannot grow",
    params: ">1!",
    manifest: { limits: { memoryPages: 13 } },
    code: "memory_exceeded",
    error: { limit: 13 },
    report: { memoryPages: 4, exitCode: null },
  },
  {
    name: "memory: traps, but it could grow",
    params: ">1!",
    manifest: { limits: { memoryPages: 14 } },
    code: "trap",
    report: { memoryPages: 14 },
  },
  {
    name: "message: 1 MiB without a newline, beyond the limit",
    params: "+".repeat(16),
    manifest: { limits: { messageBytes: 1_000_000 } },
    code: "message_too_large",
    error: { limit: 1_000_000 },
  },
  {
    name: "message: 1 MiB without a newline, within the limit",
    params: "+".repeat(16),
    code: "exit",
    error: { exitCode: 0 },
    report: { stdoutBytes: 2 ** 20 },
  },
  {
    name: "message: params that are too large never reach the guest",
    params: "y".repeat(2000),
    manifest: { limits: { messageBytes: 1000 } },
    code: "message_too_large",
    error: { limit: 1000 },
    report: { fuel: 0, stdinBytes: 0, stdoutBytes: 0 },
  },
  {
    name: "message: an answer of the host that is too large",
    params: ask(1, "m") + "?" + answer(),
    manifest: { limits: { messageBytes: 1000 }, allow: { methods: ["m"] } },
    options: { host: { m: () => "y".repeat(2000) } },
    code: "message_too_large",
    error: { limit: 1000 },
  },
  {
    name: "host calls: none are allowed",
    params: ask(1, "m") + "?" + answer(),
    manifest: { limits: { hostCalls: 0 } },
    code: "too_many_host_calls",
    error: { limit: 0, value: 1 },
  },
  {
    name: "host calls: one too many",
    params: (ask(1, "m") + "?").repeat(3) + answer(),
    manifest: { limits: { hostCalls: 2 } },
    code: "too_many_host_calls",
    error: { limit: 2, value: 3 },
    report: { hostCalls: 3 },
  },
  {
    name: "host calls: notifications count",
    params: ask(undefined, "m").repeat(3) + answer(),
    manifest: { limits: { hostCalls: 2 } },
    code: "too_many_host_calls",
    error: { limit: 2, value: 3 },
  },
  {
    name: "host calls: one too many in flight",
    params: ask(1, "never") + ask(2, "never") + ask(3, "never") + "?",
    manifest: { limits: { hostCallsInFlight: 2 }, allow: allowNever },
    options: never,
    code: "too_many_host_calls",
    error: { limit: 2, value: 3 },
  },
  {
    name: "host calls: one too many in flight, in a batch",
    params: say([1, 2, 3].map((id) => request(id, "never"))) + "?",
    manifest: { limits: { hostCallsInFlight: 2 }, allow: allowNever },
    options: never,
    code: "too_many_host_calls",
    error: { limit: 2, value: 3 },
  },
]);

Deno.test("fuel: what a call burns is enough for it, less is not", async () => {
  await using plugin = await makePlugin("script");
  const script = "{'jsonrpc':'2.0','id':$,'result':'" + "y".repeat(1000) + "'}|";
  const { report: { fuel } } = await plugin.callWithReport("run", script);
  assertGreater(fuel, 0);
  assertEquals((await plugin.callWithReport("run", script, { fuel })).report.fuel, fuel);
  const less = Math.floor(fuel * 0.5);
  const error = await rejection(plugin.call("run", script, { fuel: less }));
  assertPluginError(error, { code: "out_of_fuel", error: { limit: less } });
});

Deno.test("fuel: the report is within 1% of the limit", async () => {
  await using plugin = await makePlugin("script");
  for (const fuel of [20_000, 1_000_000, 20_000_000]) {
    const error = await rejection(plugin.call("run", "@", { fuel }));
    assertPluginError(error, { code: "out_of_fuel" });
    assertGreater(error.report!.fuel, fuel * 0.99);
    assertLess(error.report!.fuel, fuel * 1.01);
  }
});

Deno.test("memory: up to the limit it grows, beyond it the guest sees -1", async () => {
  for (const [memoryPages, result, pages] of [[14, 4, 14], [13, -1, 4]]) {
    await using plugin = await makePlugin("script", { limits: { memoryPages } });
    const found = await plugin.callWithReport("run", "{'jsonrpc':'2.0','id':$,'result':>1}|");
    assertEquals(found.result, result);
    assertMembers(found.report, { outcome: "ok", memoryPages: pages });
  }
});

Deno.test("memory: a guest that needs more than the limit is not loaded", async () => {
  await makePlugin("script", { limits: { memoryPages: 4 } });
  const error = await rejection(makePlugin("script", { limits: { memoryPages: 3 } }));
  assert(error instanceof Error);
  assert(/\b4\b.*\b3\b/.test(error.message), error.message);
});

Deno.test("memory: where the engine has none left, the call says so, and the next one may have it", async () => {
  await using plugin = await makePlugin("script");
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class {
    constructor() {
      throw new RangeError("out of it");
    }
  } as unknown as typeof Memory;
  try {
    const error = await rejection(plugin.call("ping"));
    assertPluginError(error, { code: "memory_exceeded", message: /no memory.*out of it/ });
  } finally {
    WebAssembly.Memory = Memory;
  }
  assertEquals(await plugin.call("ping"), "pong");
});

Deno.test("message: of just the limit's length goes through, both ways", async () => {
  // One message of 300 bytes: the host's request, then the host's answer.
  const request = (length: number) =>
    "y".repeat(length - '{"jsonrpc":"2.0","id":1,"method":"run","params":""}'.length);
  const limits = { messageBytes: 300 };
  await using first = await makePlugin("script", { limits });
  assertPluginError(await rejection(first.call("run", request(300))), { code: "exit" });
  await using second = await makePlugin("script", { limits });
  assertPluginError(await rejection(second.call("run", request(301))), {
    code: "message_too_large",
    error: { limit: 300, value: 301 },
  });
  const reply = (length: number) =>
    "y".repeat(length - '{"jsonrpc":"2.0","id":1,"result":""}'.length);
  for (const length of [300, 301]) {
    const { plugin, log } = await makeLoggedPlugin(
      "script",
      { limits, allow: { methods: ["m"] } },
      { host: { m: () => reply(length) } },
    );
    const outcome = await plugin.call("run", ask(1, "m") + "?" + answer(1)).catch((e) => e);
    if (length === 300) {
      assertEquals(outcome, 1);
      assertEquals(log[0].length, 300);
    } else {
      assertPluginError(outcome, { code: "message_too_large", error: { limit: 300, value: 301 } });
    }
    await plugin.close();
  }
});

Deno.test("message: many short lines may be longer than the limit together", async () => {
  await using plugin = await makePlugin("script", {
    limits: { messageBytes: 700 },
    allow: { methods: ["m"] },
  }, { host: { m: () => null } });
  const script = (ask(1, "m") + "?").repeat(8) + answer("done");
  const { result, report } = await plugin.callWithReport("run", script);
  assertEquals(result, "done");
  assertEquals(report.hostCalls, 8);
});

Deno.test("host calls: as many as allowed, and as many in flight", async () => {
  await using plugin = await makePlugin("script", {
    limits: { hostCalls: 4, hostCallsInFlight: 2 },
    allow: { methods: ["m"] },
  }, { host: { m: () => Promise.resolve(1) } });
  const pair = ask(1, "m") + ask(2, "m") + "??";
  const { result, report } = await plugin.callWithReport("run", pair + pair + answer("done"));
  assertEquals(result, "done");
  assertEquals(report.hostCalls, 4);
});
