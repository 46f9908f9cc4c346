// Whoever ends a call, in whatever state its guest is: nothing of it is left.
import { assertEquals, assertGreater, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { type CallOptions, createHost, type Plugin, PluginError, sleep } from "../mod.ts";
import { Watch } from "./support/leftovers.ts";
import { answer, ask, makePlugin } from "./support/plugin.ts";

/** A call that does not end by itself. */
interface State {
  readonly name: string;
  readonly guest?: string;
  readonly params?: unknown;
  /** For script.wat: what to play before anything is read. */
  readonly early?: string;
  readonly stdin?: string;
  /** How many such calls run already: one runs at a time, so the call is queued behind them. */
  readonly before?: number;
  /** Whether it has answered, so that it gives its result however it ends. */
  readonly answered?: boolean;
}

const STATES: State[] = [
  { name: "spins", params: "@" },
  { name: "spins before it reads", early: "@" },
  { name: "spins in its start section", guest: "script start", early: "@" },
  { name: "sleeps", params: "<6" },
  { name: "sleeps in its start section", guest: "script start", early: "<6" },
  { name: "sleeps again and again", params: "<1".repeat(500) + "<6" },
  { name: "waits for stdin", params: "?" },
  { name: "waits for stdin without blocking", params: "?", stdin: "nonblocking" },
  { name: "waits for a host method", params: ask(1, "never") + "?" },
  { name: "spins while a host method runs", params: ask(1, "never") + "@" },
  { name: "waits for a host method that listens", params: ask(1, "listens") + "?" },
  { name: "catches everything and spins", guest: "catch_all", params: "spin" },
  { name: "catches everything and waits", guest: "catch_all", params: "read" },
  { name: "is queued behind one that spins", params: "@", before: 1 },
  { name: "is queued behind several that wait", params: "?", before: 3 },
  { name: "has answered and spins", params: answer() + "@", answered: true },
  { name: "has answered and sleeps", params: answer() + "<6", answered: true },
];

/** How a call is ended: what it is given, and what is done once it is in its state. */
interface End {
  readonly name: string;
  /** How its error is told; signals give their reason. */
  readonly outcome: string;
  options(controller: AbortController): CallOptions;
  act(controller: AbortController, plugin: Plugin): unknown;
}

const ENDS: End[] = [
  {
    name: "a signal",
    outcome: "enough",
    options: ({ signal }) => ({ signal }),
    act: (controller) => controller.abort("enough"),
  },
  {
    name: "the deadline",
    outcome: "deadline_exceeded",
    options: ({ signal }) => ({ signal, timeoutMs: 30 }),
    act: () => {},
  },
  {
    name: "close()",
    outcome: "closed",
    options: ({ signal }) => ({ signal }),
    act: (_controller, plugin) => plugin.close(),
  },
];

const NOTHING = { timers: 0, guests: 0, stacks: 0, listeners: 0 };
/**
 * Objects that the collector may keep: where it takes for a pointer whatever looks like one, a call that has just ended may stay,
 * with a memory, and the promises of its guest and of its waits. Each of the tests makes several times as many.
 */
const KEPT = 8;

async function load({ guest, stdin, early }: State): Promise<Plugin> {
  const host = createHost()
    .method("never", () => new Promise(() => {}))
    .method("listens", (_params, { signal }) =>
      new Promise((_resolve, reject) => {
        const aborted = () => {
          signal.removeEventListener("abort", aborted);
          reject(signal.reason);
        };
        signal.addEventListener("abort", aborted);
      }));
  return await makePlugin(guest ?? "script", {
    stdin,
    allow: { methods: ["never", "listens"], args: early === undefined ? [] : [early] },
    limits: { concurrency: 1 },
  }, { host });
}

function outcomeOf(settled: PromiseSettledResult<unknown>): string {
  if (settled.status === "fulfilled") return "result";
  const { reason } = settled;
  return reason instanceof PluginError ? reason.code : String(reason);
}

/** Brings calls into a state and ends them. Answers how they ended. */
async function endIn(state: State, end: End, plugin: Plugin, wait: () => Promise<unknown>) {
  const { params, early, before = 0 } = state;
  const controller = new AbortController();
  const options = { ...end.options(controller), args: early === undefined ? [] : [early] };
  const calls = Array.from({ length: before + 1 }, () => plugin.call("run", params, options));
  const settled = Promise.allSettled(calls);
  await wait();
  await end.act(controller, plugin);
  return (await settled).map(outcomeOf);
}

for (const end of ENDS) {
  Deno.test(`leftovers: ${end.name} ends the call of a guest that …`, async (t) => {
    using watch = new Watch();
    for (const state of STATES) {
      await t.step(state.name, async () => {
        const plugin = await load(state);
        const turns = () => new Promise((resolve) => setTimeout(resolve, 15));
        const outcomes = await endIn(state, end, plugin, turns);
        const expected = state.answered ? "result" : end.outcome;
        assertEquals(outcomes, Array((state.before ?? 0) + 1).fill(expected));
        assertEquals(watch.held, NOTHING);
        const { running, queued } = plugin.stats();
        assertEquals([running, queued], [0, 0]);
        if (end.outcome !== "closed") assertEquals(await plugin.call("ping"), "pong");
        await plugin.close();
        assertEquals(watch.held, NOTHING);
      });
    }
    assertGreater(watch.tracked, 4 * KEPT);
    assertLessOrEqual(await watch.reachable(), KEPT);
  });

  Deno.test(`leftovers: ${end.name} ends a call that has hardly begun`, async () => {
    using watch = new Watch();
    for (let count = 0; count < 12; count++) {
      const state = STATES[count];
      const plugin = await load(state);
      const microtasks = async () => {
        for (let left = count; left > 0; left--) await undefined;
      };
      const [outcome] = await endIn(state, end, plugin, microtasks);
      assertEquals(outcome, end.outcome);
      await plugin.close();
      assertEquals(watch.held, NOTHING);
    }
    assertLessOrEqual(await watch.reachable(), KEPT);
  });
}

Deno.test("leftovers: calls that end by themselves leave nothing either", async () => {
  using watch = new Watch();
  for (let round = 0; round < 5; round++) {
    const plugin = await load({ name: "" });
    const { signal } = new AbortController();
    const scripts = [answer(), "!", "#3", "&", "nonsense|", "<1" + answer(), "?|"];
    const calls = scripts.map((each) => plugin.call("run", each, { signal, timeoutMs: 300 }));
    const outcomes = (await Promise.allSettled(calls)).map(outcomeOf);
    assertEquals(outcomes.slice(0, 6), ["result", "trap", "exit", "trap", "protocol", "result"]);
    assertEquals(watch.held, NOTHING);
    await plugin.close();
  }
  assertGreater(watch.tracked, 4 * KEPT);
  assertLessOrEqual(await watch.reachable(), KEPT);
});

Deno.test("leftovers: what is left is seen", async () => {
  using watch = new Watch();
  const plugin = await makePlugin("script");
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: KEPT }, () => plugin.call("run", "?", { signal }));
  const ended = Promise.allSettled(calls);
  // Where memories are slow to make, not all guests start in the same turn.
  for (let i = 0; i < 1000 && watch.held.stacks < KEPT; i++) await sleep(1);
  const held = { timers: KEPT, guests: KEPT, stacks: KEPT, listeners: KEPT };
  assertEquals(watch.held, held);
  assertGreaterOrEqual(await watch.reachable(), 3 * KEPT);
  controller.abort();
  await ended;
  assertEquals(watch.held, NOTHING);
  await plugin.close();
});
