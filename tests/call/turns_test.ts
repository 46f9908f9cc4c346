// Who runs next. A slice of 0 ms is always used up and one of Infinity never, so no test depends on how long a turn takes.
import { assertEquals } from "@std/assert";
import {
  awaitTurn,
  cancelTurn,
  enterTurn,
  isCrowded,
  leaveTurn,
  passTurn,
} from "../../lib/call/turns.ts";
import { now, startTimer, yieldNow } from "../../lib/runtime.ts";

const USED_UP = 0;
const UNUSED = Infinity;

/** Resolves in a turn of its own, after all who wait already; nothing waits then. */
function lastTurn(): Promise<void> {
  return new Promise((resolve) => awaitTurn(resolve, 1));
}

Deno.test("turns: who waits longest goes first, and never at once", async () => {
  const log: string[] = [];
  for (const name of ["a", "b", "c"]) awaitTurn(() => log.push(name), 1);
  await Promise.resolve();
  assertEquals(log, []);
  await lastTurn();
  assertEquals(log, ["a", "b", "c"]);
});

Deno.test("turns: who waits again goes to the end", async () => {
  const log: string[] = [];
  const again = () => {
    log.push("a");
    if (log.length < 5) awaitTurn(again, 1);
  };
  awaitTurn(again, 1);
  awaitTurn(() => log.push("b"), 1);
  awaitTurn(() => log.push("c"), 1);
  while (log.length < 5) await yieldNow();
  await lastTurn();
  assertEquals(log, ["a", "b", "c", "a", "a"]);
});

const SLICES: [name: string, sliceMs: number, order: string[]][] = [
  ["one that uses up its slice has the turn for itself", USED_UP, ["a", "timer", "b", "timer"]],
  ["what one leaves of the slice is for the next", UNUSED, ["a", "b", "timer", "timer"]],
];

for (const [name, sliceMs, order] of SLICES) {
  Deno.test(`turns: ${name}`, async () => {
    const log: string[] = [];
    for (const name of ["a", "b"]) {
      awaitTurn(() => {
        log.push(name);
        startTimer(0, () => log.push("timer"));
        leaveTurn(sliceMs, now());
      }, 1);
    }
    while (log.length < 4) await yieldNow();
    await lastTurn();
    assertEquals(log, order);
  });
}

Deno.test("turns: a timer that is due before the slice is over comes before the next turn", async () => {
  const log: string[] = [];
  for (const name of ["a", "b"]) {
    awaitTurn(() => {
      log.push(name);
      if (name === "a") startTimer(2, () => log.push("timer"));
    }, 20);
  }
  while (log.length < 3) await yieldNow();
  assertEquals(log, ["a", "timer", "b"]);
});

Deno.test("turns: where nobody waits any more there is no timer", async () => {
  const { setTimeout, clearTimeout } = globalThis;
  const timers = new Set<unknown>();
  const set = (fire: () => void, ms: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      fire();
    }, ms);
    timers.add(timer);
    return timer;
  };
  const clear = (timer?: number) => {
    timers.delete(timer);
    clearTimeout(timer);
  };
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  try {
    await new Promise<void>((resolve) => {
      awaitTurn(() => queueMicrotask(() => passTurn(UNUSED, now())), 1000);
      awaitTurn(resolve, 1000);
    });
    assertEquals(timers.size, 0);
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
});

const CANCELS: [name: string, cancelled: string[], left: string[]][] = [
  ["the first", ["a"], ["b", "c"]],
  ["one in the middle", ["b"], ["a", "c"]],
  ["the last", ["c"], ["a", "b"]],
  ["one twice", ["b", "b"], ["a", "c"]],
  ["all", ["a", "b", "c"], []],
];

for (const [name, cancelled, left] of CANCELS) {
  Deno.test(`turns: cancel ${name}`, async () => {
    const log: string[] = [];
    const resumes = new Map(["a", "b", "c"].map((name) => [name, () => void log.push(name)]));
    for (const resume of resumes.values()) awaitTurn(resume, 1);
    for (const name of cancelled) cancelTurn(resumes.get(name)!);
    await lastTurn();
    assertEquals(log, left);
  });
}

Deno.test("turns: one that goes on may cancel the next", async () => {
  const log: string[] = [];
  const second = () => void log.push("second");
  awaitTurn(() => cancelTurn(second), 1);
  awaitTurn(second, 1);
  await lastTurn();
  assertEquals(log, []);
});

Deno.test("turns: to cancel what does not wait does nothing", async () => {
  const log: string[] = [];
  const resume = () => void log.push("resumed");
  cancelTurn(resume);
  awaitTurn(resume, 1);
  cancelTurn(() => {});
  await lastTurn();
  cancelTurn(resume);
  assertEquals(log, ["resumed"]);
});

const SLICE_MS = 1000;
let clock = now();

/** A moment so far behind all others that the event loop is taken to have turned: nothing is used up. */
function newTurn(): number {
  clock += 100 * SLICE_MS;
  assertEquals(isCrowded(SLICE_MS, clock), false);
  return clock;
}

Deno.test("turns: crowded is where guests have run one after another for two slices", () => {
  const start = newTurn();
  const end = start + 2 * SLICE_MS;
  for (let time = start; time < end; time += 0.5) {
    assertEquals(isCrowded(SLICE_MS, time), false);
    leaveTurn(SLICE_MS, time + 0.4);
  }
  assertEquals([isCrowded(SLICE_MS, end), isCrowded(UNUSED, end)], [true, false]);
});

Deno.test("turns: crowded is where others wait and a slice is used up", () => {
  const start = newTurn();
  const resume = () => {};
  awaitTurn(resume, SLICE_MS);
  leaveTurn(USED_UP, start + 1);
  assertEquals(isCrowded(SLICE_MS, start + SLICE_MS - 1), false);
  assertEquals(isCrowded(SLICE_MS, start + SLICE_MS), true);
  cancelTurn(resume);
  assertEquals(isCrowded(SLICE_MS, start + SLICE_MS), false);
});

Deno.test("turns: not crowded is where none has run for a while", () => {
  const start = newTurn();
  leaveTurn(SLICE_MS, start + 5 * SLICE_MS);
  assertEquals(isCrowded(SLICE_MS, start + 5 * SLICE_MS + 1), true);
  assertEquals(isCrowded(SLICE_MS, start + 5 * SLICE_MS + 2), false);
});

Deno.test("turns: a guest that is running has not let the event loop turn, however long it runs", () => {
  const start = newTurn();
  enterTurn();
  assertEquals(isCrowded(SLICE_MS, start + 5 * SLICE_MS), true);
  leaveTurn(SLICE_MS, start + 5 * SLICE_MS);
  assertEquals(isCrowded(SLICE_MS, start + 7 * SLICE_MS), false);
});

Deno.test("turns: after a turn nothing is crowded", async () => {
  const start = newTurn();
  enterTurn();
  assertEquals(isCrowded(SLICE_MS, start + 5 * SLICE_MS), true);
  await new Promise<void>((resolve) => awaitTurn(resolve, SLICE_MS));
  assertEquals(isCrowded(100 * SLICE_MS, now()), false);
});

Deno.test("turns: to leave where nobody waits does nothing", async () => {
  leaveTurn(USED_UP, now());
  leaveTurn(UNUSED, now());
  await lastTurn();
});

Deno.test("turns: who passes on a turn is not taken for one who ran", () => {
  const start = newTurn();
  enterTurn();
  passTurn(UNUSED, start);
  const later = start + 3 * SLICE_MS;
  assertEquals(isCrowded(SLICE_MS, later), true, "somebody runs, so the turn goes on");
  leaveTurn(UNUSED, start);
  assertEquals(isCrowded(SLICE_MS, later), false);
});
