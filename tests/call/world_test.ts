// Time and chance of a guest, without one.
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { MadeUpWorld, REAL_WORLD } from "../../lib/call/world.ts";

const MS = 1_000_000n;
const START = 1_700_000_000_000;

function make() {
  const guest = { burnt: 0 };
  return { guest, world: new MadeUpWorld({ seed: 1, startMs: START }, () => guest.burnt) };
}

Deno.test("world: made up, a unit of fuel is a nanosecond", () => {
  const { guest, world } = make();
  for (const burnt of [0, 1, 999_999, 2 ** 53 - 1]) {
    guest.burnt = burnt;
    assertEquals(world.monotonic(), BigInt(burnt));
    assertEquals(world.realtime(), BigInt(START) * MS + BigInt(burnt));
  }
  assertEquals(world.resolution(), 1n);
});

Deno.test("world: made up, a skip lands on its moment to the nanosecond, however far it is", () => {
  const { guest, world } = make();
  let now = 0n;
  for (const length of [1n, 3n, MS, 10n ** 15n + 7n, 1n, 2n ** 64n, 1n]) {
    guest.burnt += 5;
    now += 5n + length;
    assert(world.skipTo(now));
    assertEquals([world.monotonic(), world.realtime()], [now, now + BigInt(START) * MS]);
  }
  assert(world.skipTo(now - 1n));
  assertEquals(world.monotonic(), now, "never back");
});

Deno.test("world: the machine's clocks go on by themselves, from where they are", () => {
  assert(!REAL_WORLD.skipTo(REAL_WORLD.monotonic() + MS));
  const before = BigInt(Date.now()) * MS;
  const realtime = REAL_WORLD.realtime();
  assert(before <= realtime && realtime <= BigInt(Date.now()) * MS);
  assertEquals(realtime % REAL_WORLD.resolution("realtime"), 0n);
  const start = REAL_WORLD.monotonic();
  while (REAL_WORLD.monotonic() === start);
  assert(REAL_WORLD.monotonic() > start);
  assert(REAL_WORLD.monotonic() - start < BigInt(Date.now()) * MS);
});

Deno.test("world: the machine's random bytes fill all they are to fill", () => {
  const bytes = [new Uint8Array(64), new Uint8Array(64)];
  for (const each of bytes) REAL_WORLD.fillRandom(each);
  assertNotEquals(bytes[0], bytes[1]);
});
