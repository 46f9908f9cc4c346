// Whoever ends a call, in whatever state its guest is: nothing of it is left.
import { assertEquals, assertGreater, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { type CallOptions, createHost, type Plugin, PluginError, sleep } from "../mod.ts";
import { Watch } from "./support/leftovers.ts";
import { answer, ask, makePlugin } from "./support/plugin.ts";

/** Script: logs that the guest is about to be in its state. */
const REACHED = "reached^;";

/** A call that does not end by itself. */
interface State {
  readonly name: string;
  readonly guest?: string;
  readonly params?: string;
  /** For script.wat: what to play before anything is read. */
  readonly early?: string;
  readonly stdin?: string;
  /** How many such calls run already: one runs at a time, so the call is queued behind them. */
  readonly before?: number;
  /** Whether it has answered, so that it gives its result however it ends. */
  readonly answered?: boolean;
}

const STATES: State[] = [
  { name: "spins", params: REACHED + "@" },
  { name: "spins before it reads", early: REACHED + "@" },
  { name: "spins in its start section", guest: "script start", early: REACHED + "@" },
  { name: "sleeps", params: REACHED + "<6" },
  { name: "sleeps in its start section", guest: "script start", early: REACHED + "<6" },
  { name: "sleeps again and again", params: REACHED + "<1".repeat(500) + "<6" },
  { name: "waits for stdin", params: REACHED + "?" },
  { name: "waits for stdin without blocking", params: REACHED + "?", stdin: "nonblocking" },
  { name: "waits for a host method", params: ask(1, "never") + REACHED + "?" },
  { name: "spins while a host method runs", params: ask(1, "never") + REACHED + "@" },
  { name: "waits for a host method that listens", params: ask(1, "listens") + REACHED + "?" },
  { name: "catches everything and spins", guest: "catch_all", params: "spin" },
  { name: "catches everything and waits", guest: "catch_all", params: "read" },
  { name: "is queued behind one that spins", params: REACHED + "@", before: 1 },
  { name: "is queued behind several that wait", params: REACHED + "?", before: 3 },
  { name: "has answered and spins", params: answer() + REACHED + "@", answered: true },
  { name: "has answered and sleeps", params: answer() + REACHED + "<6", answered: true },
];

/** How a call is ended: what it is given, and what is done once it is in its state. */
interface End {
  readonly name: string;
  /** How its error is told; signals give their reason. */
  readonly outcome: string;
  /** Whether it comes by itself, after a time. */
  readonly timed?: boolean;
  options(controller: AbortController, timeoutMs: number): CallOptions;
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
    timed: true,
    options: ({ signal }, timeoutMs) => ({ signal, timeoutMs }),
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

/** A plugin whose calls come into a state, and how many of them have logged so. */
async function load(
  { guest, stdin, early }: State,
): Promise<{ plugin: Plugin; reached(): number }> {
  let reached = 0;
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
  const plugin = await makePlugin(guest ?? "script", {
    stdin,
    allow: { methods: ["never", "listens"], args: early === undefined ? [] : [early] },
    limits: { concurrency: 1 },
  }, { host, onLog: () => void reached++ });
  return { plugin, reached: () => reached };
}

function outcomeOf(settled: PromiseSettledResult<unknown>): string {
  if (settled.status === "fulfilled") return "result";
  const { reason } = settled;
  return reason instanceof PluginError ? reason.code : String(reason);
}

/** Starts calls, waits, and ends them. Answers how they ended. */
async function endAfter(
  wait: () => Promise<unknown>,
  state: State,
  end: End,
  plugin: Plugin,
  timeoutMs: number,
): Promise<string[]> {
  const { params, early, before = 0 } = state;
  const controller = new AbortController();
  const args = early === undefined ? [] : [early];
  const options = { ...end.options(controller, timeoutMs), args };
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
        const { plugin, reached } = await load(state);
        const inState = async () => {
          while (reached() === 0) await sleep(1);
          await sleep(15);
        };
        let outcomes: string[] = [];
        if (end.timed) {
          // A deadline that comes before the guest is in its state shows nothing: then a later one.
          for (let timeoutMs = 30; reached() === 0; timeoutMs *= 2) {
            outcomes = await endAfter(async () => {}, state, end, plugin, timeoutMs);
          }
        } else {
          outcomes = await endAfter(inState, state, end, plugin, 0);
        }
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
      const { plugin } = await load(state);
      const microtasks = async () => {
        for (let left = count; left > 0; left--) await undefined;
      };
      const [outcome] = await endAfter(microtasks, state, end, plugin, 30);
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
    const { plugin } = await load({ name: "" });
    const { signal } = new AbortController();
    const scripts = [answer(), "!", "#3", "&", "nonsense|", "<1" + answer()];
    const calls = scripts.map((each) => plugin.call("run", each, { signal }));
    const late = plugin.call("run", "?", { signal, timeoutMs: 30 });
    const outcomes = (await Promise.allSettled([...calls, late])).map(outcomeOf);
    const ended = ["result", "trap", "exit", "trap", "protocol", "result", "deadline_exceeded"];
    assertEquals(outcomes, ended);
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
