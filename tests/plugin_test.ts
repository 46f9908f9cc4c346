// A plugin over many calls: identity, queue, isolation, close.
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createHost, type ErrorCode, type Plugin, PluginError, sleep } from "../mod.ts";
import {
  answer,
  ask,
  assertPluginError,
  makePlugin,
  type Members,
  rejection,
} from "./support/plugin.ts";

Deno.test("plugin: id, name and manifest", async () => {
  await using plugin = await makePlugin("script", { version: "1.2.3" });
  await using other = await makePlugin("script", {}, { id: "mine" });
  assertMatch(plugin.id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  assertEquals(other.id, "mine");
  assertEquals(plugin.name, "test-plugin");
  assertEquals(plugin.manifest.version, "1.2.3");
  assertEquals(plugin.manifest.limits.concurrency, 32);
});

Deno.test("plugin: the manifest that it was given may change afterwards", async () => {
  const limits = { timeoutMs: 500 };
  const allow = { methods: ["m"] };
  await using plugin = await makePlugin("script", { limits, allow });
  limits.timeoutMs = 1e9;
  allow.methods.push("echo");
  assertPluginError(await rejection(plugin.call("run", "@")), { code: "deadline_exceeded" });
  const { report } = await plugin.callWithReport("run", ask(1, "echo") + "?" + answer());
  assertEquals(report.denied, ["echo"]);
});

Deno.test("plugin: 50 calls at once, each with its own answer", async () => {
  await using plugin = await makePlugin("script", { allow: { methods: ["echo"] } }, {
    host: { echo: (params) => sleep(1).then(() => params) },
  });
  const calls = Array.from(
    { length: 50 },
    (_, n) => plugin.call("run", ask(n, "echo", n) + "?<0" + answer(n)),
  );
  assertEquals(await Promise.all(calls), Array.from({ length: 50 }, (_, n) => n));
});

Deno.test("plugin: good and bad calls at once do not disturb each other", async () => {
  await using plugin = await makePlugin("script", { limits: { fuel: 2_000_000 } });
  const scripts = ["!", "@", "&", "#3", "nonsense|", answer(1) + answer(1)];
  const bad = Array.from({ length: 30 }, (_, n) => rejection(plugin.call("run", scripts[n % 6])));
  const good = Array.from({ length: 30 }, () => plugin.call("ping"));
  assertEquals(await Promise.all(good), Array(30).fill("pong"));
  const codes = (await Promise.all(bad)).slice(0, 6).map((error) => (error as PluginError).code);
  assertEquals(codes, ["trap", "out_of_fuel", "trap", "exit", "protocol", "protocol"]);
});

Deno.test("plugin: no more calls run than concurrency says, the others in order", async () => {
  let running = 0;
  let most = 0;
  const order: unknown[] = [];
  const host = createHost().method("enter", async (n) => {
    order.push(n);
    most = Math.max(most, ++running);
    await sleep(2);
    running--;
  });
  await using plugin = await makePlugin("script", {
    allow: { methods: ["enter"] },
    limits: { concurrency: 3 },
  }, { host });
  const ns = Array.from({ length: 20 }, (_, n) => n);
  await Promise.all(ns.map((n) => plugin.call("run", ask(1, "enter", n) + "?" + answer())));
  assertEquals(most, 3);
  assertEquals(order, ns);
});

/** A plugin that runs one call at a time, and is running one until `release` is called. */
async function busy(queue: number): Promise<{ plugin: Plugin; release: () => Promise<unknown> }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const plugin = await makePlugin("script", {
    allow: { methods: ["gate"] },
    limits: { concurrency: 1, queue },
  }, { host: { gate: () => promise } });
  const call = plugin.call("run", ask(1, "gate") + "?" + answer("released"));
  call.catch(() => {});
  await sleep(1);
  return {
    plugin,
    release: () => {
      resolve();
      return call;
    },
  };
}

Deno.test("queue: beyond its length calls are refused at once", async () => {
  for (const queue of [0, 2]) {
    const { plugin, release } = await busy(queue);
    const queued = Array.from({ length: queue }, () => plugin.call("ping"));
    assertPluginError(await rejection(plugin.call("ping")), {
      code: "queue_full",
      message: /^Cannot call "ping" on plugin "test-plugin": /,
      error: { limit: queue },
      report: { outcome: "queue_full", fuel: 0 },
    });
    assertEquals(await release(), "released");
    assertEquals(await Promise.all(queued), Array(queue).fill("pong"));
    assertEquals(await plugin.call("ping"), "pong");
    await plugin.close();
  }
});

Deno.test("queue: a call's deadline counts while it waits", async () => {
  const { plugin, release } = await busy(5);
  const error = await rejection(plugin.call("ping", null, { timeoutMs: 20 }));
  assertPluginError(error, {
    code: "deadline_exceeded",
    error: { limit: 20 },
    report: { fuel: 0, guestMs: 0, stdinBytes: 0 },
  });
  assertEquals(await release(), "released");
  assertEquals(await plugin.call("ping"), "pong");
  await plugin.close();
});

Deno.test("queue: a call that is aborted leaves it", async () => {
  const { plugin, release } = await busy(1);
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = rejection(plugin.call("ping", null, { signal }));
  controller.abort("enough");
  assertEquals(await aborted, "enough");
  const next = plugin.call("ping"); // there is room again
  assertEquals(await release(), "released");
  assertEquals(await next, "pong");
  await plugin.close();
});

Deno.test("queue: close() ends the calls that wait", async () => {
  const { plugin } = await busy(5);
  const waiting = [rejection(plugin.call("ping")), rejection(plugin.call("ping"))];
  await plugin.close();
  for (const error of await Promise.all(waiting)) assertPluginError(error, { code: "closed" });
});

Deno.test("isolation: no call sees what another left", async () => {
  await using plugin = await makePlugin("memory", { limits: { concurrency: 2 } });
  // "0" leaves its memory as large as it was, so that it may be used again; "1" grows it.
  for (const pages of ["0", "0", "1", "0", "1", "1", "0", "0"]) {
    assertEquals(await plugin.call("run", pages), 0);
  }
  const calls = Array.from({ length: 20 }, (_, n) => plugin.call("run", String(n % 2)));
  assertEquals(await Promise.all(calls), Array(20).fill(0));
});

Deno.test("isolation: nor does a plugin see another's, with other limits", async () => {
  const limits: Members[] = [{ memoryPages: 4 }, { memoryPages: 100 }, { memoryPages: 4 }];
  for (const each of limits) {
    await using plugin = await makePlugin("memory", { limits: each });
    assertEquals(await plugin.call("run", "0"), 0);
    assertEquals(await plugin.call("run", "0"), 0);
  }
});

Deno.test("isolation: nor what a killed guest left", async () => {
  await using plugin = await makePlugin("memory");
  for (const [params, code] of [["0!", "trap"], ["0@", "deadline_exceeded"], ["1!", "trap"]]) {
    const error = await rejection(plugin.call("run", params, { timeoutMs: 500 }));
    assertPluginError(error, { code: code as ErrorCode });
    assertEquals(await plugin.call("run", "0"), 0);
  }
});

Deno.test("close: twice is once, and calls after it are refused", async () => {
  const plugin = await makePlugin("script");
  assertEquals(await plugin.call("ping"), "pong");
  await Promise.all([plugin.close(), plugin.close()]);
  await plugin.close();
  const error = await assertRejects(() => plugin.call("ping"), PluginError);
  assertPluginError(error, {
    code: "closed",
    message: /^Cannot call "ping" on plugin "test-plugin": /,
  });
});

Deno.test("close: await using closes", async () => {
  let kept: Plugin;
  {
    await using plugin = await makePlugin("script");
    kept = plugin;
    assertEquals(await plugin.call("ping"), "pong");
  }
  assertPluginError(await rejection(kept.call("ping")), { code: "closed" });
});

Deno.test("close: one plugin's does not end another's calls", async () => {
  const one = await makePlugin("script");
  await using other = await makePlugin("script");
  const call = other.call("run", "<1" + answer("done"));
  await one.close();
  assertEquals(await call, "done");
});

Deno.test("call: a method's name is text, whatever it holds", async () => {
  await using plugin = await makePlugin("wire");
  for (const method of ["", 'a"b', "a\nb", "é", "__proto__", "x".repeat(1000)]) {
    const { result, report } = await plugin.callWithReport(method);
    assertEquals(result, 0);
    assertEquals(report.method, method);
  }
});

Deno.test("stats: counts what was called, what runs and what waits", async () => {
  const { plugin, release } = await busy(5);
  const ping = plugin.call("ping");
  assertEquals(plugin.stats(), { calls: 2, succeeded: 0, failed: 0, running: 1, queued: 1 });
  await Promise.all([release(), ping]);
  await rejection(plugin.call("run", "!"));
  await plugin.close();
  assertEquals(plugin.stats(), { calls: 3, succeeded: 2, failed: 1, running: 0, queued: 0 });
});
