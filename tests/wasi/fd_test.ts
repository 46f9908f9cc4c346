import { assertEquals } from "@std/assert";
import { EAGAIN, EBADF, EFAULT, EINVAL, ENOSYS, ENOTCAPABLE, ENOTSUP } from "../../lib/wasi/abi.ts";
import { BAD_POINTERS, FakeContext } from "../support/wasi.ts";

const UNKNOWN = [3, 4, 1_000, 0x7fff_ffff, -1, -0x8000_0000];
const NONBLOCK = 4;
const COMMON = (1n << 3n) | (1n << 21n) | (1n << 27n);

function fdstat(ctx: FakeContext, fd: number) {
  ctx.memory.bytes(64, 32).fill(0xee);
  assertEquals(ctx.call("fd_fdstat_get", fd, 64), 0);
  assertEquals(ctx.memory.u64(88), 0xeeee_eeee_eeee_eeeen, "wrote past the struct");
  return {
    type: ctx.memory.u8(64),
    flags: ctx.memory.u16(66),
    base: ctx.memory.u64(72),
    inheriting: ctx.memory.u64(80),
  };
}

Deno.test("fd_fdstat_get: type, flags and rights", () => {
  const ctx = new FakeContext();
  const read = { type: 2, flags: 0, base: COMMON | (1n << 1n), inheriting: 0n };
  const write = { type: 2, flags: 0, base: COMMON | (1n << 6n), inheriting: 0n };
  assertEquals([0, 1, 2].map((fd) => fdstat(ctx, fd)), [read, write, write]);
  assertEquals(fdstat(new FakeContext({ nonblocking: true }), 0), { ...read, flags: NONBLOCK });
});

Deno.test("fd_fdstat_set_flags: what these streams can honour, and no more", () => {
  const rows: [flags: number, errno: number][] = [
    [0, 0],
    [NONBLOCK, 0],
    [1, 0],
    [1 | NONBLOCK, 0],
    [2, ENOTSUP],
    [8, ENOTSUP],
    [16, ENOTSUP],
    [31, ENOTSUP],
    [32, EINVAL],
    [0x1_0004, EINVAL],
    [-1, EINVAL],
  ];
  for (const fd of [0, 1, 2]) {
    for (const [flags, errno] of rows) {
      const ctx = new FakeContext();
      assertEquals([flags, ctx.call("fd_fdstat_set_flags", fd, flags)], [flags, errno]);
      assertEquals(fdstat(ctx, fd).flags, errno === 0 ? flags : 0);
    }
  }
});

Deno.test("fd_fdstat_set_flags: NONBLOCK changes reads at once, both ways", () => {
  const ctx = new FakeContext();
  ctx.iovecs(16, [100, 1]);
  ctx.call("fd_fdstat_set_flags", 0, NONBLOCK);
  assertEquals(ctx.call("fd_read", 0, 16, 1, 8), EAGAIN);
  ctx.call("fd_fdstat_set_flags", 0, 0);
  ctx.call("fd_read", 0, 16, 1, 8);
  assertEquals(ctx.waits, [{ stdin: true }]);
});

Deno.test("fd_fdstat_set_rights: none to add, none to give up", () => {
  const rows: [base: bigint, inheriting: bigint, errno: number][] = [
    [COMMON, 0n, ENOSYS],
    [0n, 0n, ENOSYS],
    [COMMON | 2n, 0n, ENOSYS],
    [COMMON | 64n, 0n, ENOTCAPABLE],
    [COMMON, 1n, ENOTCAPABLE],
    [-1n, -1n, ENOTCAPABLE],
    [1n << 63n, 0n, ENOTCAPABLE],
  ];
  const ctx = new FakeContext();
  for (const [base, inheriting, errno] of rows) {
    assertEquals(ctx.call("fd_fdstat_set_rights", 0, base, inheriting), errno);
  }
});

Deno.test("fd_filestat_get: three different character devices without times", () => {
  const ctx = new FakeContext();
  for (const fd of [0, 1, 2]) {
    ctx.memory.bytes(64, 72).fill(0xee);
    assertEquals(ctx.call("fd_filestat_get", fd, 64), 0);
    const words = [0, 8, 16, 24, 32, 40, 48, 56].map((at) => ctx.memory.u64(64 + at));
    assertEquals(words, [0n, BigInt(fd) + 1n, 2n, 1n, 0n, 0n, 0n, 0n]);
    assertEquals(ctx.memory.u64(128), 0xeeee_eeee_eeee_eeeen);
  }
});

Deno.test("fd_fdstat_get, fd_filestat_get: bad pointers, and nothing half-written", () => {
  const ctx = new FakeContext();
  for (const [name, size] of [["fd_fdstat_get", 24], ["fd_filestat_get", 64]] as const) {
    assertEquals(ctx.call(name, 0, 65_536 - size), 0);
    ctx.memory.zero(65_536 - size, size);
    for (const bad of [...BAD_POINTERS, 65_536 - size + 1]) {
      assertEquals(ctx.call(name, 0, bad), EFAULT);
      assertEquals(ctx.memory.u64(65_528), 0n);
    }
  }
});

Deno.test("fd_close: the descriptor is gone for every function, the others stay", () => {
  const ctx = new FakeContext({ stdin: "x" });
  ctx.iovecs(16, [100, 1]);
  assertEquals(ctx.call("fd_close", 1), 0);
  assertEquals(ctx.call("fd_close", 1), EBADF);
  assertEquals(ctx.call("fd_write", 1, 16, 1, 8), EBADF);
  assertEquals(ctx.call("fd_fdstat_get", 1, 64), EBADF);
  assertEquals(ctx.call("fd_write", 2, 16, 1, 8), 0);
  assertEquals(ctx.call("fd_read", 0, 16, 1, 8), 0);
  assertEquals(ctx.call("fd_close", 0), 0);
  assertEquals(ctx.call("fd_read", 0, 16, 1, 8), EBADF);
});

Deno.test("fd_renumber: moves the stream with its flags", () => {
  const ctx = new FakeContext({ stdin: "abc" });
  ctx.iovecs(16, [100, 1]);
  ctx.call("fd_fdstat_set_flags", 0, NONBLOCK);
  assertEquals(ctx.call("fd_renumber", 2, 1), 0);
  assertEquals(ctx.call("fd_write", 1, 16, 1, 8), 0);
  assertEquals(ctx.written, { stdout: "", stderr: "\0" });
  assertEquals(ctx.call("fd_write", 2, 16, 1, 8), EBADF);

  assertEquals(ctx.call("fd_renumber", 0, 2), 0, "to a descriptor that is closed");
  assertEquals(fdstat(ctx, 2).flags, NONBLOCK);
  assertEquals(ctx.call("fd_read", 0, 16, 1, 8), EBADF);
  assertEquals(ctx.call("fd_read", 2, 16, 1, 8), 0);
  assertEquals(ctx.text(100, 1), "a");

  assertEquals(ctx.call("fd_renumber", 2, 2), 0, "to itself");
  assertEquals(ctx.call("fd_read", 2, 16, 1, 8), 0);
  assertEquals(ctx.call("fd_renumber", 0, 0), EBADF, "from a closed one, even to itself");
  for (const to of UNKNOWN) assertEquals(ctx.call("fd_renumber", 2, to), EBADF);
  for (const from of UNKNOWN) assertEquals(ctx.call("fd_renumber", from, 0), EBADF);
});

Deno.test("fd_*: unknown descriptors come before bad pointers", () => {
  const ctx = new FakeContext();
  for (const fd of UNKNOWN) {
    assertEquals(ctx.call("fd_close", fd), EBADF);
    assertEquals(ctx.call("fd_fdstat_get", fd, -1), EBADF);
    assertEquals(ctx.call("fd_fdstat_set_flags", fd, -1), EBADF);
    assertEquals(ctx.call("fd_fdstat_set_rights", fd, -1n, -1n), EBADF);
    assertEquals(ctx.call("fd_filestat_get", fd, -1), EBADF);
  }
});
