import { assertEquals } from "@std/assert";
import { EINVAL } from "../../lib/wasi/abi.ts";
import { KILL, WAIT } from "../../lib/wasi/context.ts";
import { FakeContext } from "../support/wasi.ts";

Deno.test("proc_exit: ends the guest with an unsigned code", () => {
  for (const [code, seen] of [[0, 0], [3, 3], [255, 255], [-1, 0xffff_ffff]]) {
    const ctx = new FakeContext();
    assertEquals(ctx.call("proc_exit", code), KILL);
    assertEquals(ctx.exitCode, seen);
  }
});

Deno.test("proc_raise: the default action of every signal", () => {
  const ignored = [0, 13, 16, 17, 22, 27];
  for (let signal = 0; signal <= 30; signal++) {
    const ctx = new FakeContext();
    const answer = ctx.call("proc_raise", signal);
    const expected = ignored.includes(signal) ? [0, undefined] : [KILL, 128 + signal];
    assertEquals([signal, answer, ctx.exitCode], [signal, ...expected]);
  }
  for (const signal of [31, 255, 256, 0x7fff_ffff, -1, -6]) {
    const ctx = new FakeContext();
    assertEquals([ctx.call("proc_raise", signal), ctx.exitCode], [EINVAL, undefined]);
  }
});

Deno.test("sched_yield: takes a turn only when the slice is used up, and one only", () => {
  const ctx = new FakeContext();
  assertEquals(ctx.call("sched_yield"), 0);
  assertEquals(ctx.waits, []);
  ctx.sliceUp = true;
  assertEquals(ctx.call("sched_yield"), WAIT);
  assertEquals(ctx.call("sched_yield"), 0);
  assertEquals(ctx.call("sched_yield"), WAIT);
  assertEquals(ctx.waits, [{ turn: true }, { turn: true }]);
});
