import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  baseUrl,
  directoryUrl,
  hasSuspension,
  now,
  promising,
  sleep,
  startTimer,
  suspending,
  yieldNow,
} from "../lib/runtime.ts";
import { wat } from "./support/wat.ts";

Deno.test("runtime: now does not go back", () => {
  let last = now();
  for (let i = 0; i < 1000; i++) {
    const next = now();
    assertGreaterOrEqual(next, last);
    last = next;
  }
});

Deno.test("runtime: sleep never ends early", async (t) => {
  for (const ms of [-5, 0, 0.2, 1, 1.7, 5, 12.5]) {
    await t.step(`${ms} ms`, async () => {
      const start = now();
      await sleep(ms);
      assertGreaterOrEqual(now() - start, ms);
    });
  }
});

Deno.test("runtime: sleep of no number is an error", async () => {
  await assertRejects(() => sleep(NaN), RangeError, "ms is not a number");
});

/** A signal that counts its listeners. */
function countedSignal(): {
  abort(reason?: unknown): void;
  signal: AbortSignal;
  listeners(): number;
} {
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (count++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (count--, remove(...args));
  return { abort: (reason) => controller.abort(reason), signal, listeners: () => count };
}

Deno.test("runtime: sleep ends with its signal", async (t) => {
  await t.step("aborted before", async () => {
    const reason = new Error("before");
    assertStrictEquals(
      await assertRejects(() => sleep(0, { signal: AbortSignal.abort(reason) })),
      reason,
    );
  });
  await t.step("aborted while it waits, for longer than a timer can", async () => {
    const { abort, signal } = countedSignal();
    const slept = sleep(Infinity, { signal });
    abort("while");
    assertEquals(await slept.catch((reason) => reason), "while");
  });
  await t.step("not aborted: no listener stays", async () => {
    const { signal, listeners } = countedSignal();
    const slept = sleep(1, { signal });
    assertEquals(listeners(), 1);
    await slept;
    assertEquals(listeners(), 0);
  });
  await t.step("aborted after", async () => {
    const { abort, signal } = countedSignal();
    await sleep(1, { signal });
    abort("after");
  });
});

Deno.test("runtime: a timer beyond what engines can wait does not fire at once", async () => {
  let fired = 0;
  const timers = [2 ** 31 - 1, 2 ** 31, 2 ** 53, Infinity].map((ms) =>
    startTimer(ms, () => fired++)
  );
  await sleep(20);
  for (const timer of timers) timer.cancel();
  assertEquals(fired, 0);
});

Deno.test("runtime: a timer fires once, unless it is cancelled first", async () => {
  const fired: string[] = [];
  const cancelled = startTimer(0, () => fired.push("cancelled"));
  const fast = startTimer(0, () => fired.push("fast"));
  startTimer(2, () => fired.push("slow"));
  cancelled.cancel();
  await sleep(15);
  fast.cancel();
  assertEquals(fired, ["fast", "slow"]);
});

Deno.test("runtime: yieldNow lets due timers run", async () => {
  let ran = false;
  setTimeout(() => ran = true, 0);
  await yieldNow();
  await yieldNow();
  assert(ran);
});

Deno.test("runtime: a guest is suspended until the import's promise settles", async () => {
  assert(hasSuspension());
  const { instance } = await WebAssembly.instantiate(
    await wat(`(module
      (import "host" "ask" (func $ask (param i32) (result i32)))
      (func (export "run") (param i32) (result i32) (i32.add (call $ask (local.get 0)) (i32.const 1))))`) as BufferSource,
    { host: { ask: suspending(async (x: number) => (await sleep(1), x * 2)) } },
  );
  const run = promising(instance.exports.run as (x: number) => number);
  const result = run(20);
  assertInstanceOf(result, Promise);
  assertEquals(await Promise.all([result, run(1)]), [41, 3]);
});

Deno.test("runtime: the base of paths is the working directory", () => {
  const base = baseUrl();
  assertEquals(base.protocol, "file:");
  assert(base.href.endsWith("/"));
  assert(new URL("tests/runtime_test.ts", base).protocol === "file:");
});

const DIRECTORIES: [path: string, url: string][] = [
  ["/", "file:///"],
  ["/a", "file:///a/"],
  ["/a/b c/", "file:///a/b%20c/"],
  ["/50%/x#y?z", "file:///50%25/x%23y%3Fz/"],
  ["/back\\slash", "file:///back%5Cslash/"],
  ["/line\nend", "file:///line%0Aend/"],
  ["/世", "file:///%E4%B8%96/"],
  ["C:\\", "file:///C:/"],
  ["C:\\Users\\me & you", "file:///C:/Users/me%20%26%20you/"],
];

Deno.test("runtime: directories as URLs", async (t) => {
  for (const [path, url] of DIRECTORIES) {
    await t.step(url, () => assertEquals(directoryUrl(path).href, url));
  }
});
