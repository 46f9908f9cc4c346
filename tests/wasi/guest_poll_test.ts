// poll_oneoff, called by compiled guests on real clocks and a real stdin.
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { loadPlugin } from "../../mod.ts";
import { EBADF, EINVAL, ENOTCAPABLE } from "../../lib/wasi/abi.ts";
import { wasiGuest } from "../support/hostile.ts";

const REALTIME = 0, MONOTONIC = 1;
const CLOCK = 0, READ = 1, WRITE = 2;
/** Where subscriptions, events and their count are. */
const IN = 0x20000, OUT = 0x28000, COUNT = 0x2fff0;
const MS = 1_000_000n;
const NEVER = 2n ** 64n - 1n;

/** What one subscription is, as the guest stores it; its user data is its index. */
interface Subscription {
  readonly type: number;
  /** Clock or descriptor. */
  readonly id?: number;
  /** In ns. */
  readonly timeout?: bigint;
  /** The time is that long from now on, but said as a point in time. */
  readonly abs?: boolean;
  readonly flags?: number;
}

const after = (timeout: bigint, id = MONOTONIC): Subscription => ({ type: CLOCK, id, timeout });
const at = (timeout: bigint, id = MONOTONIC): Subscription => ({
  ...after(timeout, id),
  abs: true,
});
const stdin: Subscription = { type: READ, id: 0 };

interface Row {
  readonly name: string;
  readonly subscriptions: readonly Subscription[];
  /** What there is of events: user data, errno and type each. */
  readonly events?: readonly (readonly [user: number, errno: number, type: number])[];
  /** What the call answers, when that is not 0. */
  readonly errno?: number;
  /** How many it says there are, when that is not so. */
  readonly count?: number;
  /** Ms that it takes at least. */
  readonly least?: number;
  /** What the guest does first. */
  readonly setup?: string;
  readonly clock?: boolean;
}

const ask = "(call $say (i32.const 0x200))";
const clock = (user: number) => [user, 0, CLOCK] as const;

const ROWS: Row[] = [
  { name: "no time at all", subscriptions: [after(0n)], events: [clock(0)] },
  { name: "1 ns", subscriptions: [after(1n)], events: [clock(0)] },
  { name: "a duration", subscriptions: [after(20n * MS)], events: [clock(0)], least: 20 },
  {
    name: "a duration on the real clock",
    subscriptions: [after(20n * MS, REALTIME)],
    events: [clock(0)],
    least: 20,
  },
  { name: "a point in time", subscriptions: [at(20n * MS)], events: [clock(0)], least: 20 },
  {
    // To the ms: that is what the real clock can be told from, and both clocks need not go alike.
    name: "a point in time on the real clock",
    subscriptions: [at(20n * MS, REALTIME)],
    events: [clock(0)],
    least: 18,
  },
  {
    name: "points in time that are over",
    subscriptions: [at(0n), at(0n, REALTIME), after(NEVER)],
    events: [clock(0), clock(1)],
  },
  {
    name: "the first of several",
    subscriptions: [after(60_000n * MS), at(20n * MS), after(NEVER), at(60_000n * MS, REALTIME)],
    events: [clock(1)],
    least: 20,
  },
  {
    name: "two at once",
    subscriptions: [after(20n * MS), after(20n * MS, REALTIME), after(60_000n * MS)],
    events: [clock(0), clock(1)],
    least: 20,
  },
  {
    name: "stdin without anything, and a clock",
    subscriptions: [stdin, after(20n * MS)],
    events: [clock(1)],
    least: 20,
  },
  {
    name: "stdin with an answer to come, and a clock that is far off",
    setup: ask,
    subscriptions: [after(60_000n * MS), stdin, after(NEVER)],
    events: [[1, 0, READ]],
  },
  {
    name: "stdin with an answer that is there, and a clock that is due",
    setup: `${ask} (call $sleep (i32.const 1))`,
    subscriptions: [after(0n), stdin],
    events: [clock(0), [1, 0, READ]],
  },
  {
    name: "stdin twice",
    setup: ask,
    subscriptions: [stdin, stdin],
    events: [[0, 0, READ], [1, 0, READ]],
  },
  {
    name: "stdout and stderr, which are always ready",
    subscriptions: [{ type: WRITE, id: 1 }, stdin, { type: WRITE, id: 2 }, after(NEVER)],
    events: [[0, 0, WRITE], [2, 0, WRITE]],
  },
  {
    name: "descriptors that are not open in that direction",
    subscriptions: [{ type: READ, id: 1 }, { type: WRITE, id: 0 }, { type: READ, id: 3 }, stdin]
      .concat({ type: WRITE, id: -1 }),
    events: [[0, EBADF, READ], [1, EBADF, WRITE], [2, EBADF, READ], [4, EBADF, WRITE]],
  },
  {
    name: "clocks that there are not",
    subscriptions: [after(1n, 2), after(1n, 3), after(1n, 77), after(1n, -1)],
    events: [0, 1, 2, 3].map((user) => [user, EINVAL, CLOCK]),
  },
  {
    name: "flags that there are not",
    subscriptions: [{ ...after(1n), flags: 2 }, { ...after(1n), flags: 0xffff }],
    events: [0, 1].map((user) => [user, EINVAL, CLOCK]),
  },
  {
    name: "points in time without the grant, and a duration",
    clock: false,
    subscriptions: [{ ...after(0n), flags: 1 }, { ...after(NEVER, REALTIME), flags: 1 }, after(0n)],
    events: [[0, ENOTCAPABLE, CLOCK], [1, ENOTCAPABLE, CLOCK], clock(2)],
  },
  { name: "a type that there is not", subscriptions: [{ type: 3 }], errno: EINVAL },
  { name: "nothing", subscriptions: [], errno: EINVAL },
  {
    name: "1,024 subscriptions",
    subscriptions: [],
    count: 1024,
    events: Array.from({ length: 1024 }, () => [0, 0, CLOCK] as const),
  },
  { name: "1,025 subscriptions", subscriptions: [], count: 1025, errno: EINVAL },
  { name: "2^32-1 subscriptions", subscriptions: [], count: -1, errno: EINVAL },
];

/** What stores a subscription. */
function store({ type, id = 0, timeout = 0n, abs = false, flags }: Subscription, index: number) {
  const address = IN + 48 * index;
  const time = `(i64.const ${BigInt.asIntN(64, timeout)})`;
  const due = abs && timeout > 0n ? `(i64.add (call $time (i32.const ${id})) ${time})` : time;
  return `
    (i64.store (i32.const ${address}) (i64.const ${index}))
    (i32.store8 (i32.const ${address + 8}) (i32.const ${type}))
    (i32.store (i32.const ${address + 16}) (i32.const ${id}))
    (i64.store (i32.const ${address + 24}) ${due})
    (i32.store16 (i32.const ${address + 40}) (i32.const ${flags ?? (abs ? 1 : 0)}))`;
}

/** A guest that polls once and answers [errno, user data, errno, type, …]. */
function guestText({ subscriptions, setup = "", count = subscriptions.length }: Row): string {
  return `
    (data (i32.const 0x200) "{'jsonrpc':'2.0','id':1,'method':'later'}\\n")
    (func $time (param $clock i32) (result i64)
      (drop (call $clock_time_get (local.get $clock) (i64.const 0) (i32.const 0x40)))
      (i64.load (i32.const 0x40)))
    (func $note (param $value i32)
      (call $put_byte (i32.const 0x2c))
      (call $put_number (local.get $value)))
    (func $main (param i32) (local $event i32)
      ${setup}
      ${subscriptions.map(store).join("")}
      (local.set 0
        (call $poll_oneoff
          (i32.const ${IN}) (i32.const ${OUT}) (i32.const ${count}) (i32.const ${COUNT})))
      (call $begin_answer)
      (call $put_byte (i32.const 0x5b))
      (call $put_number (local.get 0))
      (local.set 0 (i32.load (i32.const ${COUNT})))
      (local.set $event (i32.const ${OUT}))
      (block $end
        (loop $next
          (br_if $end (i32.eqz (local.get 0)))
          (call $note (i32.load (local.get $event)))
          (call $note (i32.load16_u offset=8 (local.get $event)))
          (call $note (i32.load8_u offset=10 (local.get $event)))
          (local.set $event (i32.add (local.get $event) (i32.const 32)))
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br $next)))
      (call $put_byte (i32.const 0x5d))
      (call $end_answer))`;
}

for (const row of ROWS) {
  Deno.test(`wasi guest: poll_oneoff: ${row.name}`, async () => {
    const wasm = await wasiGuest(guestText(row));
    const allow = { clock: row.clock ?? true, methods: ["later"] };
    const host = { later: () => Promise.resolve("y") };
    await using plugin = await loadPlugin({ name: "wasi", allow }, { wasm, host });
    const { result, report } = await plugin.callWithReport("run");
    assertEquals(result, [row.errno ?? 0, ...(row.events ?? []).flat()]);
    assertGreaterOrEqual(report.durationMs, row.least ?? 0);
    assertEquals(report.denied, row.clock === false ? ["poll_oneoff"] : []);
  });
}
