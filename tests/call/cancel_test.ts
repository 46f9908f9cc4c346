// Whoever ends a call (its signal, its deadline, close()), in whatever state the guest is.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { createHost, type Plugin, PluginError, sleep } from "../../mod.ts";
import { answer, ask, assertPluginError, makePlugin, rejection } from "../support/plugin.ts";

/** A call that does not end by itself. */
interface State {
  name: string;
  guest?: string;
  params?: unknown;
  early?: string;
  stdin?: string;
}

const STATES: State[] = [
  { name: "loops before it reads", early: "@" },
  { name: "loops", params: "@" },
  { name: "loops in its start section", guest: "script start", early: "@" },
  { name: "sleeps", params: "<6" },
  { name: "sleeps before it reads", early: "<6" },
  { name: "sleeps in its start section", guest: "script start", early: "<6" },
  { name: "waits for a line", params: "?" },
  { name: "waits for a line without blocking", params: "?", stdin: "nonblocking" },
  { name: "waits for a host method", params: ask(1, "never") + "?" },
  { name: "loops while a host method runs", params: ask(1, "never") + "@" },
  { name: "catches everything and loops", guest: "catch_all", params: "spin" },
  { name: "catches everything and waits", guest: "catch_all", params: "read" },
];

/** Loads the guest of a state. Its host method "never" adds its context's signal to `signals`. */
async function start(state: State, signals: AbortSignal[]): Promise<Plugin> {
  const host = createHost().method("never", (_params, ctx) => {
    signals.push(ctx.signal);
    return new Promise(() => {});
  });
  const allow = { methods: ["never"], args: ["@", "<6"] };
  return await makePlugin(state.guest ?? "script", { allow, stdin: state.stdin }, { host });
}

function args({ early }: State): string[] {
  return early === undefined ? [] : [early];
}

Deno.test("a signal ends the call of a guest that …", async (t) => {
  for (const state of STATES) {
    await t.step(state.name, async () => {
      const signals: AbortSignal[] = [];
      await using plugin = await start(state, signals);
      const controller = new AbortController();
      const reason = { why: "enough" };
      const call = plugin.call("run", state.params, {
        signal: controller.signal,
        args: args(state),
      });
      const ended = rejection(call);
      await sleep(20);
      controller.abort(reason);
      assertStrictEquals(await ended, reason);
      assert(signals.every((signal) => signal.aborted));
      assertEquals(await plugin.call("ping"), "pong");
    });
  }
});

Deno.test("close() ends the call of a guest that …", async (t) => {
  for (const state of STATES) {
    await t.step(state.name, async () => {
      const signals: AbortSignal[] = [];
      const plugin = await start(state, signals);
      const ended = rejection(plugin.call("run", state.params, { args: args(state) }));
      await sleep(20);
      await plugin.close();
      assertPluginError(await ended, { code: "closed", report: { outcome: "closed" } });
      assert(signals.every((signal) => signal.aborted));
    });
  }
});

Deno.test("an aborted signal: the guest never starts", async () => {
  let started = false;
  await using plugin = await makePlugin("script", {}, { onLog: () => started = true });
  const reason = new Error("before");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await rejection(plugin.call("run", "log^;", { signal })), reason);
  assertEquals(started, false);
  assertEquals(await plugin.call("ping"), "pong");
});

Deno.test("params that abort or close while they are written: the guest never starts", async () => {
  let started = false;
  const plugin = await makePlugin("script", {}, { onLog: () => started = true });
  const controller = new AbortController();
  const { signal } = controller;
  const script = (act: () => void) => ({ toJSON: () => (act(), "log^;@") });
  const aborting = script(() => controller.abort("enough"));
  assertEquals(await rejection(plugin.call("run", aborting, { signal })), "enough");
  const closing = script(() => void plugin.close());
  assertPluginError(await rejection(plugin.call("run", closing)), { code: "closed" });
  assertEquals(started, false);
});

Deno.test("a signal ends a call that has hardly begun", async () => {
  await using plugin = await makePlugin("script");
  for (let count = 0; count < 20; count++) {
    const controller = new AbortController();
    const { signal } = controller;
    const ended = rejection(plugin.call("run", "@", { signal, timeoutMs: 5000 }));
    for (let n = 0; n < count; n++) await undefined;
    controller.abort(count);
    assertEquals(await ended, count);
  }
  assertEquals(await plugin.call("ping"), "pong");
});

Deno.test("close() ends a call that has hardly begun", async () => {
  for (let count = 0; count < 20; count++) {
    const plugin = await makePlugin("script");
    const ended = rejection(plugin.call("run", "@", { timeoutMs: 5000 }));
    for (let n = 0; n < count; n++) await undefined;
    await plugin.close();
    assertPluginError(await ended, { code: "closed" });
  }
});

Deno.test("a host method may close the plugin that asks it", async () => {
  const plugin: Plugin = await makePlugin("script", { allow: { methods: ["close"] } }, {
    host: { close: () => plugin.close() },
  });
  const error = await rejection(plugin.call("run", ask(1, "close") + "?"));
  assertPluginError(error, { code: "closed" });
});

Deno.test("a signal without a reason rejects with its AbortError", async () => {
  await using plugin = await makePlugin("script");
  const controller = new AbortController();
  const ended = rejection(
    plugin.call("run", "?", { signal: controller.signal, timeoutMs: 5000 }),
  );
  controller.abort();
  assertStrictEquals(await ended, controller.signal.reason);
});

Deno.test("AbortSignal.timeout works as a signal", async () => {
  await using plugin = await makePlugin("script");
  const error = await rejection(plugin.call("run", "@", { signal: AbortSignal.timeout(20) }));
  assert(error instanceof DOMException);
  assertEquals(error.name, "TimeoutError");
});

Deno.test("a signal that is aborted after the call is none of its business", async () => {
  await using plugin = await makePlugin("script");
  const controller = new AbortController();
  const { signal } = controller;
  assertEquals(await plugin.call("run", answer(1), { signal }), 1);
  controller.abort();
  assertEquals(await plugin.call("ping"), "pong");
});

Deno.test("a host method may abort the call that it serves", async () => {
  const controller = new AbortController();
  await using plugin = await makePlugin("script", { allow: { methods: ["stop"] } }, {
    host: { stop: () => controller.abort("stopped") },
  });
  const { signal } = controller;
  assertEquals(await rejection(plugin.call("run", ask(1, "stop") + "?", { signal })), "stopped");
  assertEquals(await plugin.call("ping"), "pong");
});

Deno.test("a signal ends its call only", async () => {
  await using plugin = await makePlugin("script");
  const controller = new AbortController();
  const ended = rejection(plugin.call("run", "@", { signal: controller.signal }));
  const other = plugin.call("run", "<2" + answer("done"));
  await sleep(10);
  controller.abort("one");
  assertEquals(await ended, "one");
  assertEquals(await other, "done");
});

Deno.test("a signal's reason is its owner's, even if it is an error of ours", async () => {
  const controller = new AbortController();
  const reason = Object.freeze(new PluginError("closed", "somebody else's"));
  await using plugin = await makePlugin("script", { allow: { methods: ["stop"] } }, {
    host: {
      stop: () => {
        controller.abort(reason);
        throw new Error("a secret of this call's host");
      },
    },
  });
  const { signal } = controller;
  assertStrictEquals(await rejection(plugin.call("run", ask(1, "stop") + "?", { signal })), reason);
  assertEquals([reason.cause, reason.report], [undefined, undefined]);
});

Deno.test("a signal that cannot be let go of costs no place", async () => {
  await using plugin = await makePlugin("script", { limits: { concurrency: 1, queue: 0 } });
  const signal = {
    aborted: false,
    addEventListener() {},
    removeEventListener() {
      throw new Error("no");
    },
  };
  const call = plugin.call("ping", null, { signal: signal as unknown as AbortSignal });
  assertEquals((await rejection(call) as Error).message, "no");
  assertEquals(plugin.stats().running, 0);
  assertEquals(await plugin.call("ping"), "pong");
});
