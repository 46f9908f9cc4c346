// Which places, and which memories, are kept for reuse.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Ceiling } from "../../lib/call/ceiling.ts";
import type { Slot } from "../../lib/call/instance.ts";
import { Pool } from "../../lib/call/pool.ts";
import { guestModule, makeRun } from "../support/slot.ts";

/** A pool of guests with that `_start`, below a ceiling that is out of reach. */
async function makePool(start = ""): Promise<Pool> {
  return new Pool(await guestModule(start), new Ceiling(100));
}

/** A place whose guest has ended. */
async function run(pool: Pool): Promise<Slot> {
  const slot = pool.acquire();
  await slot.execute(makeRun(slot));
  return slot;
}

Deno.test("pool: a place that was given back is used again, with its memory, all zero", async () => {
  const pool = await makePool("(i32.store8 (i32.const 65535) (i32.const 7))");
  const slot = await run(pool);
  const { memory } = slot;
  assertEquals(memory.u8(65_535), 7);
  pool.release(slot, true);
  assertStrictEquals(pool.acquire(), slot);
  assertStrictEquals(slot.memory, memory);
  assertEquals(memory.u8(65_535), 0);
});

Deno.test("pool: places that are in use are not shared", async () => {
  const pool = await makePool();
  const slots = [pool.acquire(), pool.acquire()];
  slots[0].memory.set(0, Uint8Array.of(7));
  assertEquals(slots[1].memory.u8(0), 0);
  slots.forEach((slot) => pool.release(slot, true));
  assertEquals(new Set([pool.acquire(), pool.acquire(), ...slots]).size, 2);
});

const SPENT: [name: string, start: string, intact: boolean, pages: number][] = [
  ["has grown", "(drop (memory.grow (i32.const 1)))", true, 2],
  ["is of a guest that did not come to its own end", "unreachable", false, 1],
];

for (const [name, start, intact, pages] of SPENT) {
  Deno.test(`pool: a memory that ${name} is not kept, its place is`, async () => {
    const pool = await makePool(start);
    const slot = await run(pool);
    const { memory } = slot;
    assertEquals(slot.pages, pages);
    pool.release(slot, intact);
    assertEquals(pool.idle, 0);
    assertStrictEquals(pool.acquire(), slot);
    assert(slot.memory !== memory);
    assertEquals([slot.pages, slot.memory.u8(0)], [1, 0]);
  });
}

Deno.test("pool: what is dropped is the memory that was not in use for longest", async () => {
  const pool = await makePool();
  const slots = [pool.acquire(), pool.acquire(), pool.acquire()];
  const memories = slots.map((slot) => slot.memory);
  slots.forEach((slot) => pool.release(slot, true));
  assertEquals(pool.idle, 3);
  pool.drop();
  assertEquals(pool.idle, 2);
  const again = [pool.acquire(), pool.acquire(), pool.acquire()];
  assertEquals(new Set(again).size, 3);
  assertEquals(again.map(({ memory }) => memories.indexOf(memory)), [2, 1, -1]);
  pool.drop();
  assertEquals(pool.idle, 0);
});

Deno.test("pool: a closed one keeps nothing, and still gives places", async () => {
  const pool = await makePool();
  const [free, used] = [pool.acquire(), pool.acquire()];
  pool.release(free, true);
  pool.close();
  pool.release(used, true);
  assertEquals(pool.idle, 0);
  const after = [pool.acquire(), pool.acquire()];
  assert(!after.includes(free) && !after.includes(used));
});
