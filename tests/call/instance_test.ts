// One place, and the guests that run in it one after another.
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Run } from "../../lib/call/run.ts";
import type { Task } from "../../lib/call/task.ts";
import { parseManifest } from "../../lib/manifest.ts";
import { EFAULT } from "../../lib/wasi/abi.ts";
import { furnished, guestModule, makeRun, makeTask, SOURCE } from "../support/slot.ts";

const WASI = `(import "wasi_snapshot_preview1"`;
const EXIT = `${WASI} "proc_exit" (func $exit (param i32)))`;
const READ = `${WASI} "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))`;
const POLL = `${WASI} "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))`;
const WRITE = `${WASI} "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))`;
const GROW = (pages: number) => `(drop (memory.grow (i32.const ${pages})))`;
/** One byte to or from address 16. */
const IOVEC = "(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 1))";
const TRANSFER = (name: string, fd: number) =>
  `${IOVEC} (drop (call $${name} (i32.const ${fd}) (i32.const 0) (i32.const 1) (i32.const 8)))`;

interface Row {
  name: string;
  start: string;
  before?: string;
  task?: Partial<Task>;
  trapped?: boolean;
  growFailed?: boolean;
  /** The byte at address 16 at the end. */
  byte?: number;
  pages?: number;
  exitCode?: number;
  /** Outcome of the run's stop. */
  stop?: string;
}

const ROWS: Row[] = [
  { name: "returns", start: "" },
  { name: "writes to its memory", start: "(i32.store8 (i32.const 16) (i32.const 7))", byte: 7 },
  { name: "has data", start: "", before: '(data (i32.const 16) "A")', byte: 65 },
  {
    name: "has a start function, which comes first",
    before: "(start $init) (func $init (i32.store8 (i32.const 16) (i32.const 7)))",
    start: "(i32.store8 (i32.const 16) (i32.add (i32.load8_u (i32.const 16)) (i32.const 1)))",
    byte: 8,
  },
  {
    name: "traps in its start function",
    before: "(start $init) (func $init unreachable)",
    start: "(i32.store8 (i32.const 16) (i32.const 7))",
    trapped: true,
  },
  {
    name: "has data that does not fit",
    start: "",
    before: '(data (i32.const 65536) "A")',
    trapped: true,
  },
  { name: "traps", start: "unreachable", trapped: true },
  { name: "throws", before: "(tag $e)", start: "(throw $e)", trapped: true },
  {
    name: "exits with 0",
    before: EXIT,
    start: "(call $exit (i32.const 0))",
    trapped: true,
    exitCode: 0,
  },
  {
    name: "exits with 3",
    before: EXIT,
    start: "(call $exit (i32.const 3))",
    trapped: true,
    exitCode: 3,
  },
  { name: "grows by nothing", start: GROW(0) },
  { name: "grows", start: GROW(1), pages: 2 },
  { name: "grows too far", start: GROW(2), growFailed: true },
  { name: "grows, then too far", start: GROW(1) + GROW(1), growFailed: true, pages: 2 },
  {
    name: "grows too far and traps",
    start: GROW(2) + "unreachable",
    growFailed: true,
    trapped: true,
  },
  {
    name: "gives a bad pointer",
    before: WRITE,
    start: `(i32.store8 (i32.const 16)
      (call $write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 0)))`,
    byte: EFAULT,
  },
  {
    name: "runs out of fuel",
    start: "(loop $l (br $l))",
    task: { fuel: 1_000 },
    trapped: true,
    stop: "out_of_fuel",
  },
  {
    name: "is too late",
    start: "(loop $l (br $l))",
    task: { timeoutMs: 0 },
    trapped: true,
    stop: "deadline_exceeded",
  },
  {
    name: "is too late to begin",
    start: "",
    task: { timeoutMs: 0 },
    trapped: true,
    stop: "deadline_exceeded",
  },
  {
    name: "calls too late, within a catch_all",
    before: WRITE,
    start: `(block $b (try_table (catch_all $b) (loop $l ${TRANSFER("write", 2)} (br $l))))`,
    task: { timeoutMs: 0 },
    trapped: true,
    stop: "deadline_exceeded",
  },
];

for (const row of ROWS) {
  Deno.test(`instance: a guest that ${row.name}`, async () => {
    const slot = furnished(await guestModule(row.start, row.before));
    assertEquals(slot.pages, 1);
    // Twice, where that can be: a run leaves nothing to the next one.
    for (let left = row.pages === undefined ? 2 : 1; left > 0; left--) {
      const run = makeRun(slot, row.task);
      const end = await slot.execute(run);
      run.close();
      assertEquals(end.trap !== undefined, row.trapped ?? false);
      assertEquals(end.growFailed, row.growFailed ?? false);
      assertEquals(slot.memory.u8(16), row.byte ?? 0);
      assertEquals(slot.pages, row.pages ?? 1);
      assertEquals(run.exitCode, row.exitCode ?? null);
      assertEquals(run.stop?.outcome, row.stop);
      assertEquals(run.killed, row.stop !== undefined || row.exitCode !== undefined);
      assertEquals(slot.clean(), row.pages === undefined);
    }
  });
}

Deno.test("instance: clean makes all of the memory zero", async () => {
  const slot = furnished(await guestModule(""));
  slot.memory.bytes(0, 65_536).fill(255);
  assert(slot.clean());
  assert(slot.memory.bytes(0, 65_536).every((byte) => byte === 0));
});

for (const [pages, isCleaned] of [[64, true], [65, false]] as const) {
  Deno.test(`instance: a memory of ${pages} pages is ${isCleaned ? "" : "not "}made zero`, async () => {
    const slot = furnished(await guestModule("", "", pages));
    slot.memory.setU8(65_535, 7);
    assertEquals(slot.clean(), isCleaned);
    assertEquals(slot.memory.u8(65_535), isCleaned ? 0 : 7);
  });
}

Deno.test("instance: without its memory a place holds nothing of it, and may get another", async () => {
  const slot = furnished(await guestModule("(i32.store8 (i32.const 16) (i32.const 7))"));
  await slot.execute(makeRun(slot));
  slot.strip();
  assertThrows(() => slot.pages);
  slot.furnish();
  assertEquals([slot.pages, slot.memory.u8(16)], [1, 0]);
  const { trap } = await slot.execute(makeRun(slot));
  assertEquals([trap, slot.memory.u8(16)], [undefined, 7]);
});

Deno.test("instance: each run has globals of its own", async () => {
  const text = `(global.set $g (i32.add (global.get $g) (i32.const 1)))
    (i32.store8 (i32.const 16) (global.get $g))`;
  const slot = furnished(await guestModule(text, "(global $g (mut i32) (i32.const 0))"));
  for (let i = 0; i < 2; i++) {
    await slot.execute(makeRun(slot));
    assertEquals(slot.memory.u8(16), 1);
  }
});

Deno.test("instance: what a guest asks for goes to the run that it is of", async () => {
  const slot = furnished(await guestModule(TRANSFER("write", 2), WRITE));
  const runs = [makeRun(slot), makeRun(slot)];
  await slot.execute(runs[1]);
  assertEquals(runs.map((run) => run.stderrBytes), [0, 1]);
  await slot.execute(runs[0]);
  assertEquals(runs.map((run) => run.stderrBytes), [1, 1]);
});

Deno.test("instance: a guest waits for its stdin", async () => {
  const slot = furnished(await guestModule(TRANSFER("read", 0), READ));
  const run = makeRun(slot);
  const execution = slot.execute(run);
  assertEquals(slot.memory.u8(16), 0);
  run.send("\n");
  assertEquals(await execution, {
    ...{ trap: undefined, growFailed: false, allocationFailed: false, profile: undefined },
  });
  assertEquals(slot.memory.u8(16), 10);
  run.close();
});

Deno.test("instance: a guest that waits can be stopped", async () => {
  const slot = furnished(await guestModule(TRANSFER("read", 0), READ));
  const run = makeRun(slot);
  const execution = slot.execute(run);
  run.kill({ outcome: "closed", error: "first" });
  run.kill({ outcome: "aborted", error: "second" });
  assertInstanceOf((await execution).trap?.error, WebAssembly.RuntimeError);
  assertEquals([run.stop, run.killed], [{ outcome: "closed", error: "first" }, true]);
  run.close();
});

Deno.test("instance: a WASI function that throws ends the guest", async () => {
  const failure = new Error("no");
  class Broken extends Run {
    override write(): number {
      throw failure;
    }
  }
  const slot = furnished(await guestModule(TRANSFER("write", 1), WRITE));
  const run = new Broken(SOURCE, makeTask(), slot.memory);
  const { trap } = await slot.execute(run);
  assertInstanceOf(trap?.error, WebAssembly.RuntimeError);
  assertEquals([run.stop?.outcome, run.killed], ["trap", false]);
  assertStrictEquals(run.stop?.error, failure);
});

Deno.test("instance: a wait that is over already does not suspend the guest", async () => {
  class Sleepless extends Run {
    override suspend(): never {
      throw new Error("suspended");
    }
  }
  const source = { ...SOURCE, manifest: parseManifest({ name: "test", deterministic: {} }) };
  // A subscription of zeros but for its clock and its timeout: 1 s from now on.
  const sleep =
    `(i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 1000000000))
    (i32.store8 (i32.const 200) (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))`;
  const slot = furnished(await guestModule(sleep + sleep, POLL));
  const run = new Sleepless(source, makeTask(), slot.memory);
  assertEquals((await slot.execute(run)).trap, undefined);
  assertEquals([slot.memory.u8(200), slot.memory.u32(128)], [0, 1]);
  assertGreaterOrEqual(run.monotonic(), 2_000_000_000n);
});
