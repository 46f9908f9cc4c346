// Who runs next. A slice of 0 ms is always used up and one of Infinity never, so no test depends on how long a turn takes.
import { assertEquals } from "@std/assert";
import { awaitTurn, cancelTurn, isCrowded, leaveTurn } from "../../lib/call/turns.ts";
import { startTimer, yieldNow } from "../../lib/runtime.ts";

const USED_UP = 0;
const UNUSED = Infinity;

/** Resolves in a turn of its own, after all who wait already; nothing waits then. */
function lastTurn(): Promise<void> {
  return new Promise(awaitTurn);
}

Deno.test("turns: who waits longest goes first, and never at once", async () => {
  const log: string[] = [];
  for (const name of ["a", "b", "c"]) awaitTurn(() => log.push(name));
  await Promise.resolve();
  assertEquals(log, []);
  await lastTurn();
  assertEquals(log, ["a", "b", "c"]);
});

Deno.test("turns: who waits again goes to the end", async () => {
  const log: string[] = [];
  const again = () => {
    log.push("a");
    if (log.length < 5) awaitTurn(again);
  };
  awaitTurn(again);
  awaitTurn(() => log.push("b"));
  awaitTurn(() => log.push("c"));
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
        leaveTurn(sliceMs);
      });
    }
    while (log.length < 4) await yieldNow();
    await lastTurn();
    assertEquals(log, order);
  });
}

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
    resumes.forEach(awaitTurn);
    for (const name of cancelled) cancelTurn(resumes.get(name)!);
    await lastTurn();
    assertEquals(log, left);
  });
}

Deno.test("turns: one that goes on may cancel the next", async () => {
  const log: string[] = [];
  const second = () => void log.push("second");
  awaitTurn(() => cancelTurn(second));
  awaitTurn(second);
  await lastTurn();
  assertEquals(log, []);
});

Deno.test("turns: to cancel what does not wait does nothing", async () => {
  const log: string[] = [];
  const resume = () => void log.push("resumed");
  cancelTurn(resume);
  awaitTurn(resume);
  cancelTurn(() => {});
  await lastTurn();
  cancelTurn(resume);
  assertEquals(log, ["resumed"]);
});

Deno.test("turns: crowded is where others wait and the slice is used up", async () => {
  await lastTurn();
  const crowded = () => [isCrowded(USED_UP), isCrowded(UNUSED)];
  assertEquals(crowded(), [false, false]);
  const resume = () => {};
  awaitTurn(resume);
  assertEquals(crowded(), [true, false]);
  cancelTurn(resume);
  assertEquals(crowded(), [false, false]);
});

Deno.test("turns: to leave where nobody waits does nothing", async () => {
  leaveTurn(USED_UP);
  leaveTurn(UNUSED);
  await lastTurn();
  assertEquals(isCrowded(USED_UP), false);
});
