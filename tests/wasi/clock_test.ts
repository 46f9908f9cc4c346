import { assertEquals } from "@std/assert";
import { EFAULT, EINVAL, ENOTCAPABLE } from "../../lib/wasi/abi.ts";
import { toNanoseconds } from "../../lib/wasi/clock.ts";
import { BAD_POINTERS, FakeContext } from "../support/wasi.ts";

Deno.test("clock_time_get: both clocks, in ns", () => {
  const ctx = new FakeContext();
  ctx.nowMs = 1_234.567891;
  ctx.realtimeMs = 1_700_000_000_123.5;
  for (const precision of [0n, 1n, -1n, 2n ** 63n]) {
    assertEquals(ctx.call("clock_time_get", 0, precision, 8), 0);
    assertEquals(ctx.memory.u64(8), 1_700_000_000_123_500_000n);
    assertEquals(ctx.call("clock_time_get", 1, precision, 8), 0);
    assertEquals(ctx.memory.u64(8), 1_234_567_891n);
  }
});

Deno.test("clock_time_get: a coarse clock shows whole ms, rounded down", () => {
  const ctx = new FakeContext({ clock: "coarse" });
  const rows: [ms: number, ns: bigint][] = [
    [0, 0n],
    [0.999999, 0n],
    [1, 1_000_000n],
    [1_234.567891, 1_234_000_000n],
    [1_700_000_000_123.5, 1_700_000_000_123_000_000n],
  ];
  for (const [ms, ns] of rows) {
    ctx.nowMs = ctx.realtimeMs = ms;
    for (const id of [0, 1]) {
      assertEquals(ctx.call("clock_time_get", id, 0n, 8), 0);
      assertEquals(ctx.memory.u64(8), ns);
    }
  }
});

Deno.test("clock_time_get: a clock at the end of its 64 bits stays there", () => {
  const ctx = new FakeContext();
  ctx.nowMs = 2 ** 50;
  assertEquals(ctx.call("clock_time_get", 1, 0n, 8), 0);
  assertEquals(ctx.memory.u64(8), 2n ** 64n - 1n);
});

Deno.test("clock_res_get: the steps of each clock, a coarse one's no finer than 1 ms", () => {
  const rows: [clock: true | "coarse", steps: bigint[], shown: bigint[]][] = [
    [true, [1_000_000n, 1_000n], [1_000_000n, 1_000n]],
    ["coarse", [1_000_000n, 1_000n], [1_000_000n, 1_000_000n]],
    [true, [1n, 1n], [1n, 1n]],
    ["coarse", [1n, 1n], [1_000_000n, 1_000_000n]],
    ["coarse", [5_000_000n, 1n], [5_000_000n, 1_000_000n]],
  ];
  for (const [clock, [realtime, monotonic], shown] of rows) {
    const ctx = new FakeContext({ clock });
    Object.assign(ctx.steps, { realtime, monotonic });
    for (const id of [0, 1]) {
      assertEquals(ctx.call("clock_res_get", id, 16), 0);
      assertEquals(ctx.memory.u64(16), shown[id]);
    }
  }
});

Deno.test("clock_*: unknown clocks, bad pointers, no grant", () => {
  const calls = (ctx: FakeContext, id: number, ptr: number) => [
    ctx.call("clock_res_get", id, ptr),
    ctx.call("clock_time_get", id, 0n, ptr),
  ];
  const ctx = new FakeContext();
  for (const id of [2, 3, 4, -1, 0x7fff_ffff]) {
    assertEquals(calls(ctx, id, 0), [EINVAL, EINVAL]);
    assertEquals(calls(ctx, id, -1), [EINVAL, EINVAL]);
  }
  for (const bad of [...BAD_POINTERS, 65_529]) assertEquals(calls(ctx, 1, bad), [EFAULT, EFAULT]);
  assertEquals(ctx.denied, []);

  const refused = new FakeContext({ clock: false });
  assertEquals(calls(refused, 0, 0), [ENOTCAPABLE, ENOTCAPABLE]);
  assertEquals(calls(refused, 9, -1), [ENOTCAPABLE, ENOTCAPABLE]);
  assertEquals(refused.denied.slice(0, 2), ["clock_res_get", "clock_time_get"]);
  assertEquals(refused.memory.u64(0), 0n);
});

Deno.test("toNanoseconds: exact for clocks that tick in ns, and never backwards", () => {
  const rows: [ms: number, ns: bigint][] = [
    [0, 0n],
    [0.000001, 1n],
    [0.0000004, 0n],
    [0.9999999, 1_000_000n],
    [999.999999, 999_999_999n],
    [1_700_000_000_000, 1_700_000_000_000_000_000n],
    [2 ** 43, 2n ** 43n * 1_000_000n],
  ];
  for (const [ms, ns] of rows) assertEquals(toNanoseconds(ms), ns);
  for (let i = 0; i < 1_000; i++) {
    const start = i * 1_237_321;
    const later = toNanoseconds(start / 1e6 + 5) - toNanoseconds(start / 1e6);
    assertEquals([start, later], [start, 5_000_000n]);
  }
});
