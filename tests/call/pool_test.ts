// Which places are kept for reuse.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Pool } from "../../lib/call/pool.ts";
import { guestModule, makeRun } from "../support/slot.ts";

Deno.test("pool: a place that was given back is used again, all zero", async () => {
  const pool = new Pool(await guestModule("(i32.store8 (i32.const 65535) (i32.const 7))"), 1);
  const slot = pool.acquire();
  await slot.execute(makeRun(slot));
  assertEquals(slot.memory.u8(65_535), 7);
  pool.release(slot);
  assertStrictEquals(pool.acquire(), slot);
  assertEquals(slot.memory.u8(65_535), 0);
});

Deno.test("pool: places that are in use are not shared", async () => {
  const pool = new Pool(await guestModule(""), 2);
  const slots = [pool.acquire(), pool.acquire()];
  slots[0].memory.set(0, Uint8Array.of(7));
  assertEquals(slots[1].memory.u8(0), 0);
  slots.forEach((slot) => pool.release(slot));
  assertEquals(new Set([pool.acquire(), pool.acquire(), ...slots]).size, 2);
});

Deno.test("pool: keeps no more than it is told to", async () => {
  const guest = await guestModule("");
  for (const most of [0, 1, 2]) {
    const pool = new Pool(guest, most);
    const slots = [pool.acquire(), pool.acquire(), pool.acquire()];
    slots.forEach((slot) => pool.release(slot));
    const again = [pool.acquire(), pool.acquire(), pool.acquire()];
    assertEquals(again.filter((slot) => slots.includes(slot)).length, most);
  }
});

Deno.test("pool: a memory that has grown is not kept", async () => {
  const pool = new Pool(await guestModule("(drop (memory.grow (i32.const 1)))"), 1);
  const slot = pool.acquire();
  await slot.execute(makeRun(slot));
  assertEquals(slot.pages, 2);
  pool.release(slot);
  const next = pool.acquire();
  assert(next !== slot);
  assertEquals(next.pages, 1);
});

Deno.test("pool: a closed one keeps nothing, and still gives places", async () => {
  const pool = new Pool(await guestModule(""), 2);
  const [free, used] = [pool.acquire(), pool.acquire()];
  pool.release(free);
  pool.close();
  pool.release(used);
  const after = [pool.acquire(), pool.acquire()];
  assert(!after.includes(free) && !after.includes(used));
});
