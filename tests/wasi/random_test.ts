import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { EFAULT, ENOTCAPABLE } from "../../lib/wasi/abi.ts";
import { WAIT } from "../../lib/wasi/context.ts";
import { BAD_POINTERS, FakeContext } from "../support/wasi.ts";

Deno.test("random_get: fills the buffer and no byte more", () => {
  const ctx = new FakeContext();
  assertEquals(ctx.call("random_get", 100, 64), 0);
  assertEquals(ctx.memory.u64(92), 0n);
  assertEquals(ctx.memory.u64(164), 0n);
  assertNotEquals(ctx.memory.u64(100), 0n);
  const first = ctx.memory.bytes(100, 64).slice();
  assertEquals(ctx.call("random_get", 100, 64), 0);
  assertNotEquals(ctx.memory.bytes(100, 64).slice(), first);
});

Deno.test("random_get: no bytes, all bytes, bad pointers, no grant", () => {
  const rows: [buf: number, length: number, errno: number][] = [
    [0, 0, 0],
    [65_536, 0, 0],
    [0, 65_536, 0],
    [65_535, 1, 0],
    [0, 65_537, EFAULT],
    [65_535, 2, EFAULT],
    [8, -1, EFAULT],
    [-1, -1, EFAULT],
    ...BAD_POINTERS.map((ptr) => [ptr, 1, EFAULT] as [number, number, number]),
  ];
  const refused = new FakeContext({ random: false });
  for (const [buf, length, errno] of rows) {
    const ctx = new FakeContext();
    assertEquals([buf, length, ctx.call("random_get", buf, length)], [buf, length, errno]);
    if (errno !== 0) assertEquals(ctx.memory.u64(8), 0n);
    assertEquals(refused.call("random_get", buf, length), ENOTCAPABLE);
  }
  assertEquals(refused.denied.length, rows.length);
  assertEquals(refused.denied[0], "random_get");
});

Deno.test("random_get: the bytes are the host's", () => {
  const ctx = new FakeContext({ pages: 3 });
  const sizes: number[] = [];
  ctx.fillRandom = (into) => void into.fill(sizes.push(into.length));
  assertEquals(ctx.call("random_get", 1, 131_072 + 5), 0);
  assertEquals(sizes, [65_536, 65_536, 5]);
  assertEquals([0, 1, 65_537, 131_073, 131_078].map((at) => ctx.memory.u8(at)), [0, 1, 2, 3, 0]);
});

Deno.test("random_get: a huge buffer is filled in as many turns as it takes", () => {
  const size = 10 * 65_536 + 1;
  const ctx = new FakeContext({ pages: 11 });
  ctx.sliceUp = true;
  let runs = 1;
  while (ctx.call("random_get", 3, size) === WAIT) runs++;
  assertEquals(runs, 11);
  assertEquals(ctx.waits, Array(10).fill({ turn: true }));
  for (let i = 0; i <= 10; i++) {
    const chunk = ctx.memory.bytes(3 + Math.min(i * 65_536, size - 64), 64);
    assert(chunk.some((byte) => byte !== 0), `chunk ${i}`);
  }
  assertEquals(ctx.memory.u8(3 + size), 0);
  assertEquals(ctx.call("random_get", 0, 65_536), 0, "one chunk never waits");
});
