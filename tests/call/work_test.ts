// What the host does for a call, in turns. A slice of 0 ms is always used up and one of Infinity never.
import { assert, assertEquals } from "@std/assert";
import { awaitTurn } from "../../lib/call/turns.ts";
import { Work } from "../../lib/call/work.ts";

const USED_UP = 0, UNUSED = Infinity;

/** Resolves in a turn of its own, after all who wait already. */
function lastTurn(): Promise<void> {
  return new Promise((resolve) => awaitTurn(resolve, 1));
}

Deno.test("work: it waits where a turn is used up, and in no other", async () => {
  await lastTurn();
  const work = new Work(USED_UP);
  work.passTurn();
  assert(work.mustWait);
  assert(!new Work(UNUSED).mustWait);
});

Deno.test("work: it waits behind all that waits, of another call too", async () => {
  const log: string[] = [];
  const first = new Work(USED_UP), second = new Work(UNUSED);
  const done = first.later(() => log.push("first"));
  assert(second.mustWait);
  const also = second.later(() => log.push("second"));
  assertEquals(log, []);
  await Promise.all([done, also]);
  assertEquals(log, ["first", "second"]);
  assert(!second.mustWait);
});

Deno.test("work: what it comes to, and what it throws", async () => {
  const work = new Work(USED_UP);
  assertEquals(await work.later(() => 5), 5);
  assertEquals(await work.later(() => Promise.resolve(6)), 6);
  const error = new Error("no");
  const fail = () => {
    throw error;
  };
  assertEquals(await work.later(fail).catch((error) => error), error);
  assert(!new Work(UNUSED).mustWait);
});

Deno.test("work: drained when nothing waits any more", async () => {
  const work = new Work(USED_UP);
  assertEquals(work.drained(), undefined);
  const log: string[] = [];
  const pieces = ["a", "b"].map((name) => work.later(() => log.push(name)));
  await work.drained();
  await Promise.all(pieces);
  assertEquals(log, ["a", "b"]);
  assertEquals(work.drained(), undefined);
});

Deno.test("work: a call that ends waits for no turn, and leaves none to wait", async () => {
  const work = new Work(USED_UP);
  let turns = 0, seen: boolean | undefined;
  const piece = work.later(() => seen = work.closed);
  awaitTurn(() => turns++, 1);
  work.close();
  await piece;
  assertEquals([seen, turns], [true, 0]);
  assert(!work.mustWait);
  assertEquals(work.drained(), undefined);
  await lastTurn();
  assertEquals(turns, 1);
  work.close();
});
