// What the guest asks of the host: grants, handlers, schemas, order.
import { assert, assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import { z } from "zod";
import {
  createHost,
  type HostContext,
  now,
  type PluginOptions,
  RpcError,
  sleep,
} from "../../mod.ts";
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
} from "../support/plugin.ts";

/** One request to host method "m", and what the guest then reads. */
interface Row {
  name: string;
  host: PluginOptions["host"];
  params?: unknown;
  result?: unknown;
  error?: { code: number; message?: string; data?: unknown };
}

const cycle: unknown[] = [];
cycle.push(cycle);

const fixed = createHost().method("m", {
  params: z.object({ n: z.number().int() }),
  result: z.string(),
}, ({ n }) => n > 9 ? n as unknown as string : "n".repeat(n));

const INTERNAL = { code: -32603 };

const ROWS: Row[] = [
  { name: "answers at once", host: { m: (p) => p }, params: [1, "a"], result: [1, "a"] },
  { name: "answers later", host: { m: async (p) => await p }, params: { a: 1 }, result: { a: 1 } },
  {
    name: "throws an RpcError that cannot be read",
    host: {
      m: () => {
        const get = () => {
          throw new Error("a secret");
        };
        throw Object.defineProperty(new RpcError("no"), "data", { get });
      },
    },
    error: INTERNAL,
  },
  { name: "returns undefined", host: { m: () => undefined }, result: null },
  { name: "resolves to undefined", host: { m: async () => await undefined }, result: null },
  { name: "returns a BigInt", host: { m: () => 1n }, error: INTERNAL },
  { name: "returns a cycle", host: { m: () => cycle }, error: INTERNAL },
  { name: "returns a function", host: { m: () => () => {} }, error: INTERNAL },
  { name: "returns a symbol", host: { m: () => Symbol() }, error: INTERNAL },
  {
    name: "resolves to what JSON cannot carry",
    host: { m: () => Promise.resolve({ a: 1n }) },
    error: INTERNAL,
  },
  {
    name: "throws",
    host: {
      m: () => {
        throw new Error("secret");
      },
    },
    error: INTERNAL,
  },
  { name: "rejects", host: { m: () => Promise.reject(new Error("secret")) }, error: INTERNAL },
  { name: "rejects with no error", host: { m: () => Promise.reject("secret") }, error: INTERNAL },
  {
    name: "throws an RpcError",
    host: {
      m: () => {
        throw new RpcError("not today", { code: 4001, data: { until: "noon" } });
      },
    },
    error: { code: 4001, message: "not today", data: { until: "noon" } },
  },
  {
    name: "rejects with an RpcError that says little",
    host: { m: () => Promise.reject(new RpcError("no")) },
    error: { code: -32000, message: "no" },
  },
  {
    name: "throws an RpcError whose data JSON cannot carry",
    host: { m: () => Promise.reject(new RpcError("no", { data: 1n })) },
    error: INTERNAL,
  },
  { name: "is granted but not registered", host: {}, error: { code: -32601 } },
  { name: "is granted and there is no host", host: undefined, error: { code: -32601 } },
  { name: "fits its schemas", host: fixed, params: { n: 2 }, result: "nn" },
  {
    name: "is given params that do not fit",
    host: fixed,
    params: { n: "2" },
    error: { code: -32602 },
  },
  { name: "is given no params", host: fixed, error: { code: -32602 } },
  { name: "returns what does not fit", host: fixed, params: { n: 10 }, error: INTERNAL },
];

for (const { name, host, params, result, error } of ROWS) {
  Deno.test(`host method ${name}`, async () => {
    const { plugin, log } = await makeLoggedPlugin("script", { allow: { methods: ["m"] } }, {
      host,
    });
    assertEquals(await plugin.call("run", ask(7, "m", params) + "?" + answer("done")), "done");
    assertEquals(log.length, 1);
    assert(!log[0].includes("secret"), log[0]);
    const reply = JSON.parse(log[0]);
    assertMembers(reply, { jsonrpc: "2.0", id: 7 });
    if (error) {
      assertMembers(reply.error, error);
      assert(typeof reply.error.message === "string");
      assert(!("result" in reply));
    } else {
      assertEquals(reply, { jsonrpc: "2.0", id: 7, result });
    }
    assertEquals(await plugin.call("ping"), "pong");
    await plugin.close();
  });
}

Deno.test("params that do not fit: the guest is told where", async () => {
  const { plugin, log } = await makeLoggedPlugin("script", { allow: { methods: ["m"] } }, {
    host: fixed,
  });
  await plugin.call("run", ask(1, "m", { n: "2" }) + "?" + answer());
  const { data } = JSON.parse(log[0]).error;
  assertEquals(data.issues.length, 1);
  assertEquals(data.issues[0].path, "n");
  await plugin.close();
});

Deno.test("the handler's context", async () => {
  const seen: HostContext<{ n: number }>[] = [];
  const host = createHost({ n: 0 }).method("m", (_params, ctx) => {
    seen.push(ctx);
    return ++ctx.state.n;
  });
  await using plugin = await makePlugin("script", { allow: { methods: ["m"] } }, {
    host,
    id: "plugin-1",
  });
  const script = ask(1, "m") + "?" + ask(2, "m") + "?" + answer();
  const { report } = await plugin.callWithReport("run", script);
  assertEquals(seen.length, 2);
  for (const ctx of seen) {
    assertEquals(ctx.plugin, { id: "plugin-1", name: "test-plugin" });
    assertEquals(ctx.callId, report.callId);
    assertStrictEquals(ctx.state, host.state);
    assert(ctx.signal instanceof AbortSignal);
  }
  assertEquals(host.state, { n: 2 });
});

Deno.test("guest ids: each comes back as it was", async () => {
  const { plugin, log } = await makeLoggedPlugin("script", { allow: { methods: ["m"] } }, {
    host: { m: () => 1 },
  });
  const ids = ["abc", "1", "", 1, 0, -7, 2 ** 40];
  await plugin.call("run", ids.map((id) => ask(id, "m") + "?").join("") + answer());
  assertEquals(log.map((line) => JSON.parse(line).id), ids);
  await plugin.close();
});

Deno.test("a notification reaches its handler and is not answered", async () => {
  const seen: unknown[] = [];
  const { plugin, log } = await makeLoggedPlugin("script", { allow: { methods: ["m"] } }, {
    host: { m: (params) => void seen.push(params) },
  });
  const script = ask(undefined, "m", [1]) + ask(undefined, "secret") + ask(1, "m", [2]) + "?" +
    answer();
  const { report } = await plugin.callWithReport("run", script);
  assertEquals(seen, [[1], [2]]);
  assertEquals(log.map((line) => JSON.parse(line)), [{ jsonrpc: "2.0", id: 1, result: null }]);
  assertMembers(report, { hostCalls: 3, denied: ["secret"] });
  await plugin.close();
});

Deno.test("a failed notification is not answered either", async () => {
  const { plugin, log } = await makeLoggedPlugin("script", { allow: { methods: ["m", "n"] } }, {
    host: { m: () => Promise.reject(new Error("secret")), n: () => "n" },
  });
  await plugin.call("run", ask(undefined, "m") + ask(1, "n") + "?" + answer());
  assertEquals(log.map((line) => JSON.parse(line).result), ["n"]);
  await plugin.close();
});

Deno.test("a batch is answered as a batch, without its notifications", async () => {
  const { plugin, log } = await makeLoggedPlugin("script", { allow: { methods: ["m"] } }, {
    host: { m: (params) => params },
  });
  const batch = [
    request(1, "m", "one"),
    request(undefined, "m", "none"),
    request("2", "m", "two"),
    request(3, "secret"),
  ];
  const { report } = await plugin.callWithReport("run", say(batch) + "?" + answer());
  assertEquals(log.length, 1);
  const replies: { id: unknown; result?: unknown; error?: { code: number } }[] = JSON.parse(log[0]);
  const found = replies.map(({ id, result, error }) => [id, result ?? error?.code]);
  assertEquals(found, [[1, "one"], ["2", "two"], [3, -32001]]);
  assertMembers(report, { hostCalls: 4, denied: ["secret"] });
  await plugin.close();
});

Deno.test("an answer may come in a batch", async () => {
  await using plugin = await makePlugin("script");
  assertEquals(await plugin.call("run", say([{ jsonrpc: "2.0", id: "$", result: 5 }])), 5);
});

Deno.test("requests in flight are answered in completion order", async () => {
  const release = new Map<string, () => void>();
  const host = createHost()
    .method(
      "wait",
      (name) => new Promise((resolve) => release.set(String(name), () => resolve(name))),
    )
    .method("release", (name) => release.get(String(name))!());
  const { plugin, log } = await makeLoggedPlugin(
    "script",
    { allow: { methods: ["wait", "release"] } },
    { host },
  );
  const script = ask(1, "wait", "a") + ask(2, "wait", "b") + ask(3, "wait", "c") +
    ask(undefined, "release", "c") + "?" + ask(undefined, "release", "a") + "?" +
    ask(undefined, "release", "b") + "?" + answer();
  await plugin.call("run", script);
  assertEquals(log.map((line) => JSON.parse(line).result), ["c", "a", "b"]);
  await plugin.close();
});

Deno.test("the guest need not wait for what it asked, and the handler is told", async () => {
  let signal: AbortSignal | undefined;
  const host = createHost().method("never", (_params, ctx) => {
    signal = ctx.signal;
    return new Promise(() => {});
  });
  await using plugin = await makePlugin("script", { allow: { methods: ["never"] } }, { host });
  assertEquals(await plugin.call("run", ask(1, "never") + "<0" + answer("done")), "done");
  assert(signal?.aborted);
});

Deno.test("what a handler comes to after the call has ended is dropped", async () => {
  const settled: Promise<unknown>[] = [];
  const late = (settle: () => unknown) => () => {
    const promise = sleep(5).then(settle);
    settled.push(promise.catch(() => {}));
    return promise;
  };
  const host = { good: late(() => 1), bad: late(() => Promise.reject(new Error("late"))) };
  await using plugin = await makePlugin("script", { allow: { methods: ["good", "bad"] } }, {
    host,
  });
  const script = ask(1, "good") + ask(2, "bad") + "<0" + answer("done");
  assertEquals(await plugin.call("run", script), "done");
  assertEquals(settled.length, 2);
  await Promise.all(settled);
  await sleep(1);
  assertEquals(await plugin.call("ping"), "pong");
});

Deno.test("a host method may call the plugin that asks it", async () => {
  const { plugin, log } = await makeLoggedPlugin("script", { allow: { methods: ["m"] } }, {
    host: { m: () => plugin.call("ping") },
  });
  await plugin.call("run", ask(1, "m") + "?" + answer());
  assertEquals(JSON.parse(log[0]).result, "pong");
  await plugin.close();
});

for (const then of ["!", "#1", ""]) {
  Deno.test(`a host method's error is the cause of the call's (guest then: "${then}")`, async () => {
    const secret = new Error("secret");
    await using plugin = await makePlugin("script", { allow: { methods: ["m"] } }, {
      host: { m: () => Promise.reject(secret) },
    });
    const error = await rejection(plugin.call("run", ask(1, "m") + "?" + then));
    assertPluginError(error, { code: then === "!" ? "trap" : "exit" });
    assertStrictEquals(error.cause, secret);
    assertEquals(await plugin.call("ping"), "pong");
  });
}

Deno.test("a context's signal that is first asked for after the call is aborted", async () => {
  let context: HostContext | undefined;
  await using plugin = await makePlugin("script", { allow: { methods: ["m"] } }, {
    host: { m: (_params, ctx) => void (context = ctx) },
  });
  await plugin.call("run", ask(1, "m") + "?" + answer());
  assert(context?.signal.aborted);
  assertStrictEquals(context.signal, context.signal);
});

/** Keeps the thread for 5 ms. */
function work(): null {
  const end = now() + 5;
  while (now() < end);
  return null;
}

Deno.test("a guest whose host methods keep the thread does not keep the event loop", async () => {
  await using plugin = await makePlugin("script", { allow: { methods: ["work"] } }, {
    host: { work },
  });
  let turns = 0;
  const clock = setInterval(() => turns++, 1);
  await plugin.call("run", (ask(1, "work") + "?").repeat(60) + answer());
  clearInterval(clock);
  // They work for 300 ms, and slices are of 8.
  assertGreater(turns, 8);
  const signal = AbortSignal.timeout(50);
  const call = plugin.call("run", (ask(1, "work") + "?").repeat(100) + answer(), { signal });
  assertStrictEquals(await rejection(call), signal.reason);
});

Deno.test("many requests at once to such methods do not, either", async () => {
  await using plugin = await makePlugin("script", { allow: { methods: ["work"] } }, {
    host: { work },
  });
  let turns = 0;
  const clock = setInterval(() => turns++, 1);
  await plugin.call("run", ask(1, "work").repeat(60) + "?".repeat(60) + answer());
  clearInterval(clock);
  assertGreater(turns, 8);
});
