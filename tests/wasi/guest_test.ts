// Every function of WASI, called by compiled guests: with good arguments, and with each kind of bad pointer and length.
import { assertEquals } from "@std/assert";
import { loadPlugin } from "../../mod.ts";
import {
  EBADF,
  EFAULT,
  EINVAL,
  ENOSYS,
  ENOTCAPABLE,
  ENOTDIR,
  ENOTSOCK,
  ENOTSUP,
  ESPIPE,
  SUCCESS,
} from "../../lib/wasi/abi.ts";
import { WASI_FUNCTIONS } from "../../lib/wasi/table.ts";
import { wasiGuest } from "../support/hostile.ts";
import { assertPluginError, type Members, rejection } from "../support/plugin.ts";

type Value = number | bigint;

/** One call: its arguments and what it answers, as a number that may be an errno. */
interface Call {
  readonly args: readonly Value[];
  readonly errno: number;
  /** What the guest does before it. */
  readonly setup?: string;
}

interface Row {
  readonly good: readonly Call[];
  /** By the index of an argument: the bytes that it points to. Where the function looks, a bad one is `EFAULT`. */
  readonly pointers?: Readonly<Record<number, number>>;
  /** What a bad pointer or length gives in a function that does not look. */
  readonly blind?: number;
}

/** Free memory of the guest, and where its four pages end. */
const FREE = 0x20000, END = 0x40000;
/** Lengths that no memory has. */
const LENGTHS = [END + 1, 0x7fff_ffff, -0x8000_0000, -1];

/** Addresses at which an object of `size` bytes is not wholly inside the memory. */
function badPointers(size: number): number[] {
  return [END - size + 1, END - 1, END, 0x7fff_ffff, -0x8000_0000, -size, -1]
    .filter((at) => at < 0 || at + size > END);
}

const ok = (...args: Value[]): Call => ({ args, errno: SUCCESS });
const call = (errno: number, ...args: Value[]): Call => ({ args, errno });
const iovec = (pointer: number, length: number, at = FREE) =>
  `(i32.store (i32.const ${at}) (i32.const ${pointer}))
   (i32.store (i32.const ${at + 4}) (i32.const ${length}))`;
/** Calls with an iovec at FREE: of each kind of bad buffer, and one that is good but for the array's place. */
const badVectors = (...before: Value[]): Call[] =>
  [[END, 1], [-1, 1], [0, END + 1], [0, -1], [-1, -1], [END - 1, 2]].map(([pointer, length]) => ({
    setup: iovec(pointer, length),
    args: [...before, FREE, 1, FREE + 64],
    errno: EFAULT,
  }));
const path = (...args: Value[]): Row => ({
  good: [call(ENOTCAPABLE, ...args)],
  blind: ENOTCAPABLE,
});
/** A function that answers by the descriptor alone: so for an open one, and `EBADF` for others. */
const byFd = (errno: number, ...rest: Value[]): Row => ({
  good: [call(errno, 1, ...rest), ...[3, 77, -1].map((fd) => call(EBADF, fd, ...rest))],
  blind: errno,
});

const ROWS: Record<string, Row> = {
  args_get: { good: [ok(FREE, FREE + 64)], pointers: { 0: 4, 1: 5 } },
  args_sizes_get: { good: [ok(FREE, FREE + 4)], pointers: { 0: 4, 1: 4 } },
  environ_get: { good: [ok(FREE, FREE + 64)], pointers: { 0: 4, 1: 4 } },
  environ_sizes_get: { good: [ok(FREE, FREE + 4)], pointers: { 0: 4, 1: 4 } },
  clock_res_get: {
    good: [ok(0, FREE), ok(1, FREE), ...[2, 3, 4, -1].map((id) => call(EINVAL, id, FREE))],
    pointers: { 1: 8 },
  },
  clock_time_get: {
    good: [ok(0, 0n, FREE), ok(1, -1n, FREE), call(EINVAL, 2, 0n, FREE), call(EINVAL, -1, 0n, 0)],
    pointers: { 2: 8 },
  },
  fd_advise: {
    good: [
      ...byFd(ESPIPE, 0n, -1n, 0).good,
      call(EINVAL, 1, 0n, 0n, 6),
      call(EINVAL, 1, 0n, 0n, -1),
    ],
  },
  fd_allocate: byFd(ESPIPE, -1n, -1n),
  fd_close: {
    good: [call(EBADF, 3), call(EBADF, -1), ok(2), call(EBADF, 2), ok(0), call(EBADF, 0)],
  },
  fd_datasync: byFd(EINVAL),
  fd_fdstat_get: {
    good: [ok(0, FREE), ok(1, FREE), ok(2, FREE), call(EBADF, 3, FREE), call(EBADF, -1, -1)],
    pointers: { 1: 24 },
  },
  fd_fdstat_set_flags: {
    good: [ok(0, 4), ok(0, 0), ok(1, 5), call(EINVAL, 0, 32), call(EINVAL, 0, -1)]
      .concat(call(ENOTSUP, 0, 2), call(EBADF, 3, 0)),
  },
  fd_fdstat_set_rights: {
    good: [call(ENOSYS, 0, 2n, 0n), call(ENOTCAPABLE, 0, -1n, -1n), call(EBADF, 9, 0n, 0n)],
  },
  fd_filestat_get: { good: [ok(0, FREE), ok(2, FREE), call(EBADF, 3, FREE)], pointers: { 1: 64 } },
  fd_filestat_set_size: byFd(EINVAL, -1n),
  fd_filestat_set_times: byFd(ENOSYS, -1n, -1n, -1),
  fd_pread: byFd(ESPIPE, FREE, 1, 0n, FREE),
  fd_prestat_get: { good: [call(EBADF, 0, FREE), call(EBADF, 3, FREE)], blind: EBADF },
  fd_prestat_dir_name: { good: [call(EBADF, 3, FREE, 8)], blind: EBADF },
  fd_pwrite: byFd(ESPIPE, FREE, 1, 0n, FREE),
  fd_read: {
    good: [
      { ...ok(0, FREE, 1, FREE + 64), setup: iovec(FREE + 128, 0) },
      ok(0, FREE, 0, FREE + 64),
      call(EINVAL, 0, FREE, 1025, FREE + 64),
      call(EINVAL, 0, FREE, -1, FREE + 64),
      call(EBADF, 1, FREE, 1, FREE + 64),
      call(EBADF, -1, -1, -1, -1),
      ...badVectors(0),
    ],
    pointers: { 1: 8, 3: 4 },
  },
  fd_readdir: byFd(ENOTDIR, FREE, 8, 0n, FREE),
  fd_renumber: {
    good: [ok(2, 2), call(EBADF, 3, 2), call(EBADF, 2, 3), call(EBADF, 2, -1), call(EBADF, -1, -1)]
      .concat(ok(2, 0), call(EBADF, 2, 0)),
  },
  fd_seek: {
    good: [
      ...byFd(ESPIPE, -1n, 2, FREE).good,
      call(EINVAL, 1, 0n, 3, FREE),
      call(EINVAL, 1, 0n, -1, FREE),
    ],
    blind: ESPIPE,
  },
  fd_sync: byFd(EINVAL),
  fd_tell: byFd(ESPIPE, FREE),
  fd_write: {
    good: [
      { ...ok(2, FREE, 1, FREE + 64), setup: iovec(FREE, 64) },
      { ...ok(2, FREE, 1, FREE + 64), setup: iovec(END, 0) },
      ok(1, FREE, 0, FREE + 64),
      call(EINVAL, 2, FREE, 1025, FREE + 64),
      call(EINVAL, 2, FREE, -1, FREE + 64),
      call(EBADF, 0, FREE, 1, FREE + 64),
      ...badVectors(2),
    ],
    pointers: { 1: 8, 3: 4 },
  },
  path_create_directory: path(3, FREE, 8),
  path_filestat_get: path(3, 0, FREE, 8, FREE),
  path_filestat_set_times: path(3, 0, FREE, 8, 0n, 0n, 0),
  path_link: path(3, 0, FREE, 8, 3, FREE, 8),
  path_open: path(3, 0, FREE, 8, 0, -1n, -1n, 0, FREE),
  path_readlink: path(3, FREE, 8, FREE, 8, FREE),
  path_remove_directory: path(3, FREE, 8),
  path_rename: path(3, FREE, 8, 3, FREE, 8),
  path_symlink: path(FREE, 8, 3, FREE, 8),
  path_unlink_file: path(3, FREE, 8),
  poll_oneoff: {
    good: [
      { ...ok(FREE, FREE + 64, 1, FREE + 128), setup: "(call $clear)" },
      call(EINVAL, FREE, FREE + 64, 0, FREE + 128),
      call(EINVAL, FREE, FREE + 64, 1025, FREE + 128),
      call(EINVAL, FREE, FREE + 64, -1, FREE + 128),
      {
        ...call(EINVAL, FREE, FREE + 64, 1, FREE + 128),
        setup: "(i32.store8 (i32.const 0x20008) (i32.const 3))",
      },
    ],
    pointers: { 0: 48, 1: 32, 3: 4 },
  },
  proc_raise: {
    good: [ok(0), ok(13), call(EINVAL, 31), call(EINVAL, -1)],
  },
  sched_yield: { good: [ok()] },
  random_get: {
    good: [ok(FREE, 64), ok(END, 0), ok(0x30000, 0x10000)]
      .concat(LENGTHS.map((length) => call(EFAULT, FREE, length))),
    pointers: { 0: 64 },
  },
  sock_accept: byFd(ENOTSOCK, 0, FREE),
  sock_recv: byFd(ENOTSOCK, FREE, 1, 0, FREE, FREE),
  sock_send: byFd(ENOTSOCK, FREE, 1, 0, FREE),
  sock_shutdown: byFd(ENOTSOCK, 3),
};

/** All calls of a function: the good ones, and the first of them with one argument after the other made bad. */
function callsOf(name: string, { good, pointers = {}, blind }: Row): Call[] {
  const [{ args, setup }] = good;
  const bad = (index: number, value: number, errno: number): Call => ({
    setup,
    args: args.with(index, value),
    errno,
  });
  const looked = Object.entries(pointers).flatMap(([index, size]) =>
    badPointers(size).map((at) => bad(Number(index), at, EFAULT))
  );
  const { params } = WASI_FUNCTIONS.find((each) => each.name === name)!;
  const unlooked = blind === undefined ? [] : params.flatMap((type, index) =>
    // The descriptor says which error it is, and so does what `fd_seek` seeks from.
    type === "i32" && args[index] as number >= 8
      ? [...badPointers(1), ...LENGTHS].map((value) => bad(index, value, blind))
      : []
  );
  return [...looked, ...unlooked, ...good];
}

const HELPERS = `
  (func $note (param $value i32)
    (call $put_number (local.get $value))
    (call $put_byte (i32.const 0x2c)))
  (func $clear (memory.fill (i32.const ${FREE}) (i32.const 0) (i32.const 48)))`;

/** A guest that answers with what its calls gave. */
function guestText(name: string, calls: readonly Call[]): string {
  const { params } = WASI_FUNCTIONS.find((each) => each.name === name)!;
  const lines = calls.map(({ args, setup = "" }) => {
    const values = args.map((value, i) => `(${params[i]}.const ${value})`).join(" ");
    return `${setup} (call $note (call $${name} ${values}))`;
  });
  return `${HELPERS}
    (func $main (param i32)
      (call $begin_answer)
      (call $put_byte (i32.const 0x5b))
      ${lines.join("\n")}
      (call $put_number (i32.const 999))
      (call $put_byte (i32.const 0x5d))
      (call $end_answer))`;
}

const ALL: Members = {
  allow: { clock: true, random: true, env: ["A"] },
  env: { A: "1" },
};

for (const [name, row] of Object.entries(ROWS)) {
  Deno.test(`wasi guest: ${name}`, async () => {
    const calls = callsOf(name, row);
    const wasm = await wasiGuest(guestText(name, calls));
    await using plugin = await loadPlugin({ name: "wasi", ...ALL }, { wasm, onLog: () => {} });
    const { result, report } = await plugin.callWithReport("run");
    const found = (result as number[]).slice(0, -1);
    const show = (errnos: readonly number[]) =>
      calls.map(({ args }, i) => `${name}(${args}) → ${errnos[i]}`);
    assertEquals(show(found), show(calls.map(({ errno }) => errno)));
    assertEquals(report.denied, name.startsWith("path_") ? [name] : []);
    assertEquals(await plugin.call("ping"), "pong");
  });
}

Deno.test("wasi guest: proc_exit", async () => {
  for (const code of [0, 1, 255, 256, 0x7fff_ffff, 0xffff_ffff]) {
    const wasm = await wasiGuest(`(func $main (param i32) (call $proc_exit (i32.const ${code})))`);
    await using plugin = await loadPlugin({ name: "wasi" }, { wasm });
    const error = await rejection(plugin.call("run"));
    assertPluginError(error, { code: "exit", error: { exitCode: code } });
  }
});

Deno.test("wasi guest: the rows are all functions but proc_exit", () => {
  const names = WASI_FUNCTIONS.map(({ name }) => name).filter((name) => name !== "proc_exit");
  assertEquals(Object.keys(ROWS), names);
});

const GRANTED: [name: string, args: Value[]][] = [
  ["clock_res_get", [0, FREE]],
  ["clock_time_get", [0, 0n, FREE]],
  ["random_get", [FREE, 8]],
];

for (const [name, args] of GRANTED) {
  Deno.test(`wasi guest: ${name} without its grant`, async () => {
    const calls = [args, args.map((arg) => typeof arg === "bigint" ? -1n : -1)]
      .map((each) => call(ENOTCAPABLE, ...each));
    const wasm = await wasiGuest(guestText(name, calls));
    await using plugin = await loadPlugin({ name: "wasi" }, { wasm });
    const { result, report } = await plugin.callWithReport("run");
    assertEquals(result, [ENOTCAPABLE, ENOTCAPABLE, 999]);
    assertEquals(report.denied, [name]);
  });
}
