// Who runs next. A slice of 0 ms is always used up and one of Infinity never, so no test depends on how long a turn takes.
import { assertEquals } from "@std/assert";
import { awaitTurn, cancelTurn, enterTurn, isCrowded, leaveTurn } from "../../lib/call/turns.ts";
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

Deno.test("turns: a guest that is running has not given the event loop a turn, however long it runs", () => {
  settle();
  const start = now();
  enterTurn();
  while (now() < start + 6) { /* the guest, which has been started and not been left yet */ }
  assertEquals(isBusy(), true);
  leaveTurn(5, now());
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

/** Whether a guest that starts now finds that a slice of 3 ms is used up, or two of them if none waits. */
function isBusy(): boolean {
  return isCrowded(3, now());
}

/** Forgets what the tests before have done: as if the event loop had just turned. */
function settle(): void {
  leaveTurn(UNUSED, now() - 1000);
  isBusy();
}

Deno.test("turns: crowded is where guests have run one after another for a slice", () => {
  settle();
  const start = now();
  assertEquals(isBusy(), false);
  // As if guests had stopped at these times, each soon after the one before.
  for (let time = start; time < start + 6; time += 0.5) {
    isCrowded(5, time);
    leaveTurn(5, time + 0.4);
  }
  while (now() < start + 6) { /* the last of them */ }
  leaveTurn(5, now());
  assertEquals([isBusy(), isCrowded(UNUSED, now())], [true, false]);
});

Deno.test("turns: not where none has run for a while: the event loop has turned", () => {
  settle();
  const start = now();
  while (now() < start + 6) { /* a guest */ }
  leaveTurn(5, now() - 2);
  assertEquals(isBusy(), false);
});

Deno.test("turns: while others wait, a pause is no turn", () => {
  settle();
  const start = now();
  const resume = () => {};
  awaitTurn(resume, 1);
  while (now() < start + 6) { /* nothing */ }
  leaveTurn(USED_UP, start);
  assertEquals(isBusy(), true);
  cancelTurn(resume);
  assertEquals(isBusy(), false);
});

Deno.test("turns: after a turn nothing is crowded", async () => {
  settle();
  const start = now();
  while (now() < start + 6) { /* a guest */ }
  leaveTurn(5, now());
  assertEquals(isBusy(), true);
  await new Promise<void>((resolve) =>
    awaitTurn(() => {
      assertEquals(isBusy(), false);
      resolve();
    }, 1)
  );
});

Deno.test("turns: to leave where nobody waits does nothing", async () => {
  leaveTurn(USED_UP, now());
  leaveTurn(UNUSED, now());
  await lastTurn();
});
