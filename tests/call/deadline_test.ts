// The deadline, in whatever state the guest is.
import { assert, assertGreaterOrEqual } from "@std/assert";
import {
  answer,
  ask,
  assertPluginError,
  makePlugin,
  rejection,
  testFailures,
} from "../support/plugin.ts";

const never = { host: { never: () => new Promise(() => {}) } };
const allowNever = { methods: ["never"] };
/** Short, but a guest is to get into its state before, and a good call to end, on a busy machine too. */
const limits = { timeoutMs: 300 };
const DEADLINE = { code: "deadline_exceeded", error: { limit: limits.timeoutMs } } as const;

testFailures([
  { name: "deadline: loops before it reads", early: "@", manifest: { limits }, ...DEADLINE },
  { name: "deadline: loops after it has read", params: "@", manifest: { limits }, ...DEADLINE },
  {
    name: "deadline: loops in its start section",
    guest: "script start",
    early: "@",
    manifest: { limits },
    ...DEADLINE,
  },
  { name: "deadline: sleeps", params: "<6", manifest: { limits }, ...DEADLINE },
  { name: "deadline: sleeps before it reads", early: "<6", manifest: { limits }, ...DEADLINE },
  {
    name: "deadline: sleeps in its start section",
    guest: "script start",
    early: "<6",
    manifest: { limits },
    ...DEADLINE,
  },
  { name: "deadline: waits for a line", params: "?", manifest: { limits }, ...DEADLINE },
  {
    name: "deadline: waits for a line without blocking",
    params: "?",
    manifest: { limits, stdin: "nonblocking" },
    ...DEADLINE,
  },
  {
    name: "deadline: waits for a host method that never settles",
    params: ask(1, "never") + "?",
    manifest: { limits, allow: allowNever },
    options: never,
    ...DEADLINE,
  },
  {
    name: "deadline: loops while a host method never settles",
    params: ask(1, "never") + "@",
    manifest: { limits, allow: allowNever },
    options: never,
    ...DEADLINE,
  },
  {
    name: "deadline: loops and catches everything",
    guest: "catch_all",
    params: "spin",
    manifest: { limits },
    ...DEADLINE,
  },
  {
    name: "deadline: waits and catches everything",
    guest: "catch_all",
    params: "read",
    manifest: { limits },
    ...DEADLINE,
  },
  {
    name: "deadline: of the call below the manifest's",
    params: "@",
    call: limits,
    ...DEADLINE,
  },
  {
    name: "deadline: of the call above the manifest's",
    params: "@",
    manifest: { limits },
    call: { timeoutMs: 1e9 },
    ...DEADLINE,
  },
]);

Deno.test("deadline: the message says how long it took", async () => {
  await using plugin = await makePlugin("script");
  const error = await rejection(plugin.call("run", "@", { timeoutMs: 30 }));
  assertPluginError(error, {
    code: "deadline_exceeded",
    message:
      /^Cannot call "run" on plugin "test-plugin": deadline exceeded after \d+ ms \(limit 30\)$/,
  });
  assertGreaterOrEqual(error.report!.durationMs, 30);
});

Deno.test("deadline: the host method's signal is aborted with it", async () => {
  let signal: AbortSignal | undefined;
  await using plugin = await makePlugin("script", { allow: allowNever, limits }, {
    host: {
      never: (_params, ctx) => {
        signal = ctx.signal;
        return new Promise(() => {});
      },
    },
  });
  await rejection(plugin.call("run", ask(1, "never") + "?"));
  assert(signal?.aborted);
});

Deno.test("deadline: the call that ends before it is not touched", async () => {
  await using plugin = await makePlugin("script");
  const { report } = await plugin.callWithReport("run", "<1" + answer(), { timeoutMs: 20_000 });
  assertGreaterOrEqual(report.durationMs, 10);
});
