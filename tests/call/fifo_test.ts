// The queue under pipes and conversations.
import { assertEquals } from "@std/assert";
import { Fifo } from "../../lib/call/fifo.ts";

Deno.test("fifo: items leave in the order in which they came", () => {
  const fifo = new Fifo<number>();
  const taken: number[] = [];
  for (let i = 0; i < 6; i++) fifo.push(i);
  taken.push(fifo.shift(), fifo.shift());
  fifo.push(6);
  assertEquals([fifo.length, fifo.first], [5, 2]);
  while (fifo.length > 0) taken.push(fifo.shift());
  fifo.push(7);
  taken.push(fifo.shift());
  assertEquals(taken, [0, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals(fifo.length, 0);
});

Deno.test("fifo: an item is put in the place of the first", () => {
  const fifo = new Fifo<string>();
  for (const item of "abc") fifo.push(item);
  fifo.shift();
  fifo.first = "d";
  assertEquals([fifo.first, fifo.shift(), fifo.shift()], ["d", "d", "c"]);
});

// With the backlog that a guest may choose, and so that the queue is never empty.
for (const backlog of [1, 2, 1000, 5000]) {
  Deno.test(`fifo: the order is kept over many items, with ${backlog} of them waiting`, () => {
    const fifo = new Fifo<number>();
    let next = 0;
    while (next < backlog) fifo.push(next++);
    for (let taken = 0; taken < 20_000; taken++) {
      fifo.push(next++);
      if (fifo.shift() !== taken || fifo.length !== backlog) throw new Error(`wrong at ${taken}`);
      if (fifo.first !== taken + 1) throw new Error(`the first is wrong at ${taken}`);
    }
  });
}
