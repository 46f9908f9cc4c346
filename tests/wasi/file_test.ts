import { assertEquals } from "@std/assert";
import {
  EBADF,
  EINVAL,
  ENOSYS,
  ENOTCAPABLE,
  ENOTDIR,
  ENOTSOCK,
  ESPIPE,
} from "../../lib/wasi/abi.ts";
import { WASI_FUNCTIONS } from "../../lib/wasi/table.ts";
import { FakeContext } from "../support/wasi.ts";

/** Functions without an object that they could work on: arguments after fd, answer for stdio. */
const ROWS: [name: string, args: (number | bigint)[], stdio: number][] = [
  ["fd_advise", [0n, 0n, 0], ESPIPE],
  ["fd_advise", [0n, 0n, 5], ESPIPE],
  ["fd_advise", [0n, 0n, 6], EINVAL],
  ["fd_advise", [0n, 0n, -1], EINVAL],
  ["fd_allocate", [0n, 1n], ESPIPE],
  ["fd_datasync", [], EINVAL],
  ["fd_filestat_set_size", [0n], EINVAL],
  ["fd_filestat_set_times", [0n, 0n, 10], ENOSYS],
  ["fd_pread", [16, 1, 0n, 8], ESPIPE],
  ["fd_pread", [-1, -1, -1n, -1], ESPIPE],
  ["fd_prestat_get", [8], EBADF],
  ["fd_prestat_get", [-1], EBADF],
  ["fd_prestat_dir_name", [8, 8], EBADF],
  ["fd_prestat_dir_name", [-1, -1], EBADF],
  ["fd_pwrite", [16, 1, 0n, 8], ESPIPE],
  ["fd_pwrite", [-1, -1, -1n, -1], ESPIPE],
  ["fd_readdir", [16, 100, 0n, 8], ENOTDIR],
  ["fd_readdir", [-1, -1, -1n, -1], ENOTDIR],
  ["fd_seek", [0n, 0, 8], ESPIPE],
  ["fd_seek", [-1n, 2, -1], ESPIPE],
  ["fd_seek", [0n, 3, 8], EINVAL],
  ["fd_seek", [0n, -1, 8], EINVAL],
  ["fd_sync", [], EINVAL],
  ["fd_tell", [8], ESPIPE],
  ["fd_tell", [-1], ESPIPE],
  ["sock_accept", [0, 8], ENOTSOCK],
  ["sock_accept", [-1, -1], ENOTSOCK],
  ["sock_recv", [16, 1, 0, 8, 12], ENOTSOCK],
  ["sock_recv", [-1, -1, -1, -1, -1], ENOTSOCK],
  ["sock_send", [16, 1, 0, 8], ENOTSOCK],
  ["sock_send", [-1, -1, -1, -1], ENOTSOCK],
  ["sock_shutdown", [3], ENOTSOCK],
];

Deno.test("files and sockets: what a program expects of a stream", () => {
  for (const [name, args, stdio] of ROWS) {
    const ctx = new FakeContext();
    for (const fd of [0, 1, 2]) assertEquals([name, ctx.call(name, fd, ...args)], [name, stdio]);
    for (const fd of [3, 99, 0x7fff_ffff, -1]) {
      assertEquals([name, ctx.call(name, fd, ...args)], [name, EBADF]);
    }
    ctx.call("fd_close", 0);
    assertEquals([name, ctx.call(name, 0, ...args)], [name, EBADF]);
    assertEquals(ctx.memory.bytes(0, 65_536).every((byte) => byte === 0), true);
    assertEquals(ctx.denied, []);
  }
});

Deno.test("paths: refused and recorded, whatever the arguments", () => {
  const paths = WASI_FUNCTIONS.filter(({ name }) => name.startsWith("path_"));
  assertEquals(paths.length, 10);
  for (const { name, params } of paths) {
    const ctx = new FakeContext();
    for (const value of [0, 3, -1]) {
      const args = params.map((type) => type === "i64" ? BigInt(value) : value);
      assertEquals([name, ctx.call(name, ...args)], [name, ENOTCAPABLE]);
    }
    assertEquals(ctx.denied, [name, name, name]);
    assertEquals(ctx.memory.u64(0), 0n);
  }
});
