import { assertEquals } from "@std/assert";
import { EAGAIN, EBADF, EFAULT, EINVAL } from "../../lib/wasi/abi.ts";
import { KILL, WAIT } from "../../lib/wasi/context.ts";
import { BAD_POINTERS, FakeContext } from "../support/wasi.ts";

/** Bytes that `fd_write` hands on at a time. */
const CHUNK = 1 << 14;

Deno.test("fd_read: fills iovecs in order with what is there", () => {
  const rows: [stdin: string, vectors: [number, number][], read: number, left: number][] = [
    ["hello world", [[100, 5], [200, 100]], 11, 0],
    ["hello world", [[100, 5]], 5, 6],
    ["hello world", [[999, 0], [100, 5], [0, 0], [200, 3]], 8, 3],
    ["hello", [[100, 5], [200, 5]], 5, 0],
    ["hello", [], 0, 5],
    ["hello", [[100, 0]], 0, 5],
    ["hello", [[100, 65_436]], 5, 0],
  ];
  for (const [stdin, vectors, read, left] of rows) {
    const ctx = new FakeContext({ stdin });
    ctx.iovecs(16, ...vectors);
    assertEquals(ctx.call("fd_read", 0, 16, vectors.length, 8), 0);
    assertEquals([ctx.memory.u32(8), ctx.stdin.available], [read, left]);
    const seen = ctx.text(100, 5) + ctx.text(200, read > 5 ? read - 5 : 0);
    if (read > 0) assertEquals(seen, stdin.slice(0, read));
  }
});

Deno.test("fd_read: the end is 0 bytes, in either mode; zero bytes asked is never a wait", () => {
  for (const nonblocking of [false, true]) {
    const ctx = new FakeContext({ ended: true, stdin: "x", nonblocking });
    ctx.iovecs(16, [100, 10]);
    for (const read of [1, 0, 0, 0, 0, 0]) {
      assertEquals(ctx.call("fd_read", 0, 16, 1, 8), 0);
      assertEquals(ctx.memory.u32(8), read);
    }
    const empty = new FakeContext({ nonblocking });
    empty.iovecs(16, [100, 0]);
    for (let i = 0; i < 10; i++) assertEquals(empty.call("fd_read", 0, 16, i % 2, 8), 0);
    assertEquals(empty.waits, []);
  }
});

Deno.test("fd_read: blocking waits for stdin, however often it is woken for nothing", () => {
  const ctx = new FakeContext();
  ctx.iovecs(16, [100, 10]);
  for (let i = 0; i < 5; i++) assertEquals(ctx.call("fd_read", 0, 16, 1, 8), WAIT);
  assertEquals(ctx.waits, Array(5).fill({ stdin: true }));
  ctx.stdin.push("now");
  assertEquals(ctx.call("fd_read", 0, 16, 1, 8), 0);
  assertEquals(ctx.text(100, ctx.memory.u32(8)), "now");
});

Deno.test("fd_read: non-blocking answers EAGAIN, and parks a guest that keeps asking", () => {
  const ctx = new FakeContext({ nonblocking: true });
  ctx.iovecs(16, [100, 10]);
  const ask = () => ctx.call("fd_read", 0, 16, 1, 8);
  assertEquals([ask(), ask(), ask()], [EAGAIN, EAGAIN, EAGAIN]);
  const parks = [1, 2, 3, 4, 6, 8, 11, 14, 18, 23, 29, 37, 47, 59, 74, 93, 100, 100];
  for (const park of parks) {
    assertEquals(ask(), WAIT);
    assertEquals(ctx.waits.pop(), { stdin: true, at: ctx.nowMs + park });
    ctx.pass(park);
    assertEquals(ask(), EAGAIN);
  }
  assertEquals(ask(), WAIT);
  ctx.stdin.push("x");
  assertEquals(ask(), 0, "a byte ends the park");
  assertEquals([ask(), ask(), ask(), ask()], [EAGAIN, EAGAIN, EAGAIN, WAIT]);
  assertEquals(ask(), EAGAIN);

  ctx.iovecs(16, [100, 1]);
  assertEquals(ctx.call("fd_write", 2, 16, 1, 8), 0);
  assertEquals([ask(), ask()], [WAIT, EAGAIN], "a log line is no progress");
  assertEquals(ctx.call("fd_write", 1, 16, 1, 8), 0);
  assertEquals([ask(), ask(), ask(), ask()], [EAGAIN, EAGAIN, EAGAIN, WAIT], "a request is");
});

Deno.test("fd_read: a bad pointer anywhere is EFAULT, and stdin keeps its bytes", () => {
  for (const bad of BAD_POINTERS) {
    const rows: [name: string, set: (ctx: FakeContext) => [number, number, number]][] = [
      ["array", () => [bad, 1, 8]],
      ["array's end", () => [65_536 - 8, 2, 8]],
      ["result", () => [16, 1, bad]],
      ["result's end", () => [16, 1, 65_533]],
      ["buffer", (ctx) => (ctx.iovecs(16, [bad, 1]), [16, 1, 8])],
      ["second buffer", (ctx) => (ctx.iovecs(16, [100, 2], [bad, 1]), [16, 2, 8])],
      ["length", (ctx) => (ctx.iovecs(16, [100, -1]), [16, 1, 8])],
      ["length by one", (ctx) => (ctx.iovecs(16, [65_535, 2]), [16, 1, 8])],
    ];
    for (const [name, set] of rows) {
      const ctx = new FakeContext({ stdin: "hello" });
      ctx.iovecs(16, [100, 5]);
      assertEquals([name, ctx.call("fd_read", 0, ...set(ctx))], [name, EFAULT]);
      assertEquals(ctx.stdin.available, 5);
      assertEquals([name, ctx.call("fd_write", 1, ...set(ctx))], [name, EFAULT]);
      assertEquals(ctx.writtenBytes, 0);
    }
  }
});

Deno.test("fd_read: a buffer over its own iovecs hurts the guest alone", () => {
  const ctx = new FakeContext({ stdin: "\xff".repeat(40), pages: 1 });
  ctx.iovecs(16, [16, 16], [100, 4]);
  assertEquals(ctx.call("fd_read", 0, 16, 2, 8), EFAULT);
});

Deno.test("fd_write: stdout and stderr, in order", () => {
  const ctx = new FakeContext();
  ctx.setText(100, "hello world\n");
  ctx.iovecs(16, [100, 6], [0, 0], [106, 6]);
  assertEquals(ctx.call("fd_write", 1, 16, 3, 8), 0);
  assertEquals(ctx.memory.u32(8), 12);
  assertEquals(ctx.call("fd_write", 2, 16, 1, 8), 0);
  assertEquals(ctx.memory.u32(8), 6);
  assertEquals(ctx.call("fd_write", 1, 16, 0, 8), 0);
  assertEquals(ctx.memory.u32(8), 0);
  assertEquals(ctx.written, { stdout: "hello world\n", stderr: "hello " });
});

Deno.test("fd_write: the host's KILL ends the call at once", () => {
  const ctx = new FakeContext();
  ctx.killAfter = 10;
  ctx.iovecs(16, [100, 8], [100, 8], [100, 8]);
  assertEquals(ctx.call("fd_write", 1, 16, 3, 8), KILL);
  assertEquals(ctx.writtenBytes, 16);
});

Deno.test("fd_read, fd_write: descriptors in the wrong direction, closed or unknown", () => {
  const ctx = new FakeContext({ stdin: "x" });
  for (const fd of [1, 2, 3, 4, 0x7fff_ffff, -1, -0x8000_0000]) {
    assertEquals(ctx.call("fd_read", fd, 16, 1, 8), EBADF);
    assertEquals(ctx.call("fd_read", fd, -1, -1, -1), EBADF);
  }
  for (const fd of [0, 3, 4, 0x7fff_ffff, -1, -0x8000_0000]) {
    assertEquals(ctx.call("fd_write", fd, 16, 1, 8), EBADF);
    assertEquals(ctx.call("fd_write", fd, -1, -1, -1), EBADF);
  }
});

Deno.test("fd_read, fd_write: ceilings on iovecs and on their bytes", () => {
  const pages = 1024;
  const size = pages * 65_536;
  const rows: [count: number, length: number, errno: number][] = [
    [1_024, 1, 0],
    [1_025, 1, EINVAL],
    [0x7fff_ffff, 0, EINVAL],
    [-1, 0, EINVAL],
    [1_024, size, EINVAL],
    [32, size, EINVAL],
    [31, size, 0],
  ];
  const ctx = new FakeContext({ pages, stdin: "x", ended: true });
  for (const [count, length, errno] of rows) {
    for (let i = 0; i < 1_024; i++) ctx.iovecs(16 + 8 * i, [0, length]);
    ctx.writtenBytes = 0;
    ctx.written.stderr = "…".repeat(1_000);
    assertEquals([count, length, ctx.call("fd_write", 2, 16, count, 8)], [count, length, errno]);
    assertEquals(ctx.writtenBytes, errno === 0 ? count * length : 0);
  }
  ctx.iovecs(16, [16, size - 16]);
  for (const [count, errno] of [[1_025, EINVAL], [-1, EINVAL], [1, 0]]) {
    assertEquals(ctx.call("fd_read", 0, 16, count, 8), errno);
  }
});

Deno.test("fd_write: many bytes are written whole, with a turn whenever the slice is used up", () => {
  const ctx = new FakeContext();
  ctx.setText(0, "<");
  ctx.setText(3 * CHUNK, ">");
  ctx.iovecs(16, [CHUNK, CHUNK], [0, 0], [0, 3 * CHUNK + 1], [8, 5]);
  const total = CHUNK + 3 * CHUNK + 1 + 5;
  ctx.sliceUp = true;
  for (const done of [1, 2, 3, 4]) {
    assertEquals(ctx.call("fd_write", 1, 16, 4, 8), WAIT);
    assertEquals(ctx.writtenBytes, done * CHUNK);
    assertEquals(ctx.waits.pop(), { turn: true });
  }
  assertEquals(ctx.call("fd_write", 1, 16, 4, 8), 0);
  assertEquals([ctx.writtenBytes, ctx.memory.u32(8)], [total, total]);

  ctx.writtenBytes = 0;
  ctx.sliceUp = false;
  ctx.sliceQuestions = 2;
  assertEquals(ctx.call("fd_write", 1, 16, 4, 8), WAIT);
  assertEquals(ctx.writtenBytes, 3 * CHUNK);
  ctx.sliceQuestions = Infinity;
  assertEquals(ctx.call("fd_write", 1, 16, 4, 8), 0, "it goes on where it stopped");
  assertEquals(ctx.writtenBytes, total);
});

Deno.test("fd_write: returns when the host is no longer busy with what was written", () => {
  const ctx = new FakeContext();
  ctx.iovecs(16, [0, CHUNK], [0, 10]);
  ctx.busy = true;
  for (const bytes of [CHUNK, CHUNK + 10]) {
    assertEquals(ctx.call("fd_write", 1, 16, 2, 8), WAIT);
    assertEquals([ctx.writtenBytes, ctx.waits.pop()], [bytes, { host: true }]);
  }
  assertEquals(ctx.memory.u32(8), 0);
  ctx.busy = false;
  assertEquals(ctx.call("fd_write", 1, 16, 2, 8), 0);
  assertEquals([ctx.writtenBytes, ctx.memory.u32(8)], [CHUNK + 10, CHUNK + 10]);
});
