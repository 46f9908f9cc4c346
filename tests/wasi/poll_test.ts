import { assert, assertEquals } from "@std/assert";
import { EBADF, EFAULT, EINVAL, ENOTCAPABLE } from "../../lib/wasi/abi.ts";
import { WAIT } from "../../lib/wasi/context.ts";
import {
  again,
  events,
  IN,
  MONOTONIC,
  MS,
  OUT,
  poll,
  REALTIME,
  RESULT,
  sleep,
  type Subscription,
  U64_MAX,
  until,
  users,
} from "../support/poll.ts";
import { BAD_POINTERS, FakeContext, type FakeOptions } from "../support/wasi.ts";

/** Ready at once: subscriptions, and `[index, errno, bytes, flags]` of each event. */
const READY: {
  name: string;
  options?: FakeOptions;
  subscriptions: Subscription[];
  events: [index: number, errno: number, bytes: number, flags: number][];
}[] = [
  { name: "no time", subscriptions: [sleep(0n)], events: [[0, 0, 0, 0]] },
  {
    name: "no time, both clocks, next to ones that wait",
    subscriptions: [sleep(5n), sleep(0n), sleep(0n, REALTIME), { clock: 1, timeout: U64_MAX }],
    events: [[1, 0, 0, 0], [2, 0, 0, 0]],
  },
  {
    name: "absolute times that have come",
    subscriptions: [
      until(0n),
      until(1_000n * MS),
      until(1_000n * MS + 1n),
      until(0n, REALTIME),
      until(1_700_000_000_000n * MS, REALTIME),
      until(1_700_000_000_000n * MS + 1n, REALTIME),
    ],
    events: [[0, 0, 0, 0], [1, 0, 0, 0], [3, 0, 0, 0], [4, 0, 0, 0]],
  },
  {
    name: "bytes in stdin",
    options: { stdin: "hello" },
    subscriptions: [{ read: 0 }, sleep(1n)],
    events: [[0, 0, 5, 0]],
  },
  {
    name: "bytes in stdin, which has ended",
    options: { stdin: "hello", ended: true },
    subscriptions: [{ read: 0 }],
    events: [[0, 0, 5, 0]],
  },
  {
    name: "the end of stdin",
    options: { ended: true },
    subscriptions: [{ read: 0 }],
    events: [[0, 0, 0, 1]],
  },
  {
    name: "stdin and a clock at once",
    options: { stdin: "x" },
    subscriptions: [sleep(0n), { read: 0 }, sleep(1n)],
    events: [[0, 0, 0, 0], [1, 0, 1, 0]],
  },
  {
    name: "writing",
    subscriptions: [{ read: 0 }, { write: 1 }, { write: 2 }],
    events: [[1, 0, 65_536, 0], [2, 0, 65_536, 0]],
  },
  {
    name: "descriptors that cannot",
    subscriptions: [{ write: 0 }, { read: 1 }, { read: 2 }, { read: 3 }, { write: -1 }],
    events: [0, 1, 2, 3, 4].map((i) => [i, EBADF, 0, 0]),
  },
  {
    name: "clocks that cannot",
    subscriptions: [
      sleep(1n, 2),
      sleep(1n, 3),
      sleep(1n, 4),
      sleep(1n, -1),
      { clock: MONOTONIC, timeout: 0n, flags: 2 },
      { clock: MONOTONIC, timeout: 0n, flags: 0xffff },
    ],
    events: [0, 1, 2, 3, 4, 5].map((i) => [i, EINVAL, 0, 0]),
  },
  {
    name: "errors next to ones that wait",
    subscriptions: [{ read: 0 }, sleep(1n, 9), sleep(1n)],
    events: [[1, EINVAL, 0, 0]],
  },
];

for (const { name, options, subscriptions, events: expected } of READY) {
  Deno.test(`poll_oneoff, ready at once: ${name}`, () => {
    const ctx = new FakeContext(options);
    ctx.memory.bytes(OUT, 512).fill(0xee);
    assertEquals(poll(ctx, subscriptions), 0);
    const types = subscriptions.map((s) => "clock" in s ? 0 : "read" in s ? 1 : 2);
    assertEquals(
      events(ctx),
      expected.map(([i, errno, bytes, flags]) => (
        { user: 100n + BigInt(i), errno, type: types[i], bytes: BigInt(bytes), flags }
      )),
    );
    assertEquals(ctx.memory.u8(OUT + 32 * expected.length), 0xee, "wrote past the last event");
    assertEquals(ctx.waits, []);
    assertEquals(ctx.denied, []);
  });
}

Deno.test("poll_oneoff: waits for the earliest of several clocks", () => {
  const realNow = 1_700_000_000_000n * MS;
  const rows: [subscriptions: Subscription[], at: number][] = [
    [[sleep(20n)], 1_020],
    [[sleep(20n), sleep(7n, REALTIME), sleep(30n)], 1_007],
    [[until(1_500n * MS), sleep(600n)], 1_500],
    [[until(realNow + 40n * MS, REALTIME), sleep(50n)], 1_040],
    [[until(realNow + 1n, REALTIME)], 1_001],
    [[{ clock: MONOTONIC, timeout: 1n }], 1_000 + 1e-6],
    [[{ clock: MONOTONIC, timeout: U64_MAX }], Number(U64_MAX + 1_000n * MS) / 1e6],
    [[until(U64_MAX), sleep(3n)], 1_003],
    [[until(U64_MAX, REALTIME), sleep(3n)], 1_003],
  ];
  for (const [subscriptions, at] of rows) {
    const ctx = new FakeContext();
    assertEquals(poll(ctx, subscriptions), WAIT);
    assertEquals(ctx.waits, [{ stdin: false, at }]);
    ctx.pass(at - ctx.nowMs);
    assertEquals(again(ctx, subscriptions), 0);
    assertEquals(events(ctx).length, 1);
  }
});

Deno.test("poll_oneoff: several clocks that are due together come together", () => {
  const ctx = new FakeContext();
  const subscriptions = [sleep(9n), sleep(5n), until(1_005n * MS), sleep(5n, REALTIME), sleep(6n)];
  assertEquals(poll(ctx, subscriptions), WAIT);
  ctx.pass(5);
  assertEquals(again(ctx, subscriptions), 0);
  assertEquals(users(ctx), [1, 2, 3]);
});

Deno.test("poll_oneoff: woken early it waits on, for the time that was asked at first", () => {
  const ctx = new FakeContext();
  const subscriptions = [sleep(100n)];
  assertEquals(poll(ctx, subscriptions), WAIT);
  for (let i = 0; i < 9; i++) {
    ctx.pass(10);
    assertEquals(again(ctx, subscriptions), WAIT);
  }
  ctx.pass(9.999);
  assertEquals(again(ctx, subscriptions), WAIT);
  assertEquals(ctx.waits, Array(11).fill({ stdin: false, at: 1_100 }));
  ctx.pass(0.001);
  assertEquals(again(ctx, subscriptions), 0);

  assertEquals(poll(ctx, subscriptions), WAIT, "the next call counts from its own start");
  assertEquals(ctx.waits.at(-1), { stdin: false, at: ctx.nowMs + 100 });
});

Deno.test("poll_oneoff: a sleep is never short by the guest's own measure", () => {
  const ctx = new FakeContext();
  for (let i = 0; i < 500; i++) {
    ctx.nowMs = (1_000_000_007 * i + i) / 1e6;
    ctx.call("clock_time_get", MONOTONIC, 0n, 0);
    const before = ctx.memory.u64(0);
    const timeout = BigInt(1 + i * 999_983);
    assertEquals(poll(ctx, [{ clock: MONOTONIC, timeout }]), WAIT);
    ctx.nowMs = ctx.waits.pop()!.at!;
    assertEquals(poll(ctx, [{ clock: MONOTONIC, timeout }]), 0);
    ctx.call("clock_time_get", MONOTONIC, 0n, 0);
    assert(ctx.memory.u64(0) - before >= timeout, `round ${i}`);
  }
});

Deno.test("poll_oneoff: an absolute time on the real clock follows that clock", () => {
  const ctx = new FakeContext();
  const subscriptions = [until(1_700_000_000_050n * MS, REALTIME)];
  assertEquals(poll(ctx, subscriptions), WAIT);
  assertEquals(ctx.waits.pop(), { stdin: false, at: 1_050 });
  ctx.pass(50);
  ctx.realtimeMs -= 20;
  assertEquals(again(ctx, subscriptions), WAIT, "set back");
  assertEquals(ctx.waits.pop(), { stdin: false, at: 1_070 });
  ctx.realtimeMs += 3_600_000;
  assertEquals(again(ctx, subscriptions), 0, "set forward");
});

Deno.test("poll_oneoff: a moment of a coarse clock comes when that clock shows it", () => {
  const realNow = 1_700_000_000_000n * MS;
  const rows: [subscription: Subscription, at: number][] = [
    [until(1_000n * MS + 1n), 1_001],
    [until(1_002n * MS), 1_002],
    [until(1_001n * MS + 1n), 1_002],
    [until(realNow + 1n, REALTIME), 1_001],
    [until(realNow + 2n * MS, REALTIME), 1_002],
    [{ clock: MONOTONIC, timeout: 5n }, 1_000 + 5e-6],
  ];
  for (const [subscription, at] of rows) {
    const ctx = new FakeContext({ clock: "coarse" });
    assertEquals(poll(ctx, [subscription]), WAIT);
    assertEquals(ctx.waits, [{ stdin: false, at }]);
    ctx.pass(at - ctx.nowMs);
    assertEquals(again(ctx, [subscription]), 0);
  }
});

Deno.test("poll_oneoff: of a coarse clock nothing finer can be learnt from moments", () => {
  const ctx = new FakeContext({ clock: "coarse" });
  ctx.nowMs += 0.7;
  ctx.realtimeMs += 0.7;
  for (const clock of [MONOTONIC, REALTIME]) {
    const whole = (clock === MONOTONIC ? 1_000n : 1_700_000_000_000n) * MS;
    for (const [ns, isReady] of [[0n, true], [1n, false], [699_999n, false]] as const) {
      assertEquals(poll(ctx, [until(whole + ns, clock), sleep(0n)]), 0);
      assertEquals(users(ctx), isReady ? [0, 1] : [1]);
    }
  }
});

Deno.test("poll_oneoff: a real clock of finer steps is waited for by these", () => {
  const ctx = new FakeContext();
  ctx.steps.realtime = 1n;
  assertEquals(poll(ctx, [until(1_700_000_000_000n * MS + 7n, REALTIME)]), WAIT);
  assertEquals(ctx.waits, [{ stdin: false, at: Number(1_000n * MS + 7n) / 1e6 }]);
});

Deno.test("poll_oneoff: stdin and clock together", () => {
  const subscriptions = [{ read: 0 }, sleep(50n)];
  const ctx = new FakeContext();
  assertEquals(poll(ctx, subscriptions), WAIT);
  assertEquals(ctx.waits, [{ stdin: true, at: 1_050 }]);
  ctx.pass(10);
  ctx.stdin.push("abc");
  assertEquals(again(ctx, subscriptions), 0);
  assertEquals(users(ctx), [0]);

  const late = new FakeContext();
  assertEquals(poll(late, subscriptions), WAIT);
  late.pass(50);
  assertEquals(again(late, subscriptions), 0);
  assertEquals(users(late), [1]);

  const both = new FakeContext();
  assertEquals(poll(both, subscriptions), WAIT);
  both.pass(60);
  both.stdin.ended = true;
  assertEquals(again(both, subscriptions), 0);
  assertEquals(users(both), [0, 1]);
});

Deno.test("poll_oneoff: stdin alone waits for stdin alone", () => {
  const ctx = new FakeContext({ nonblocking: true });
  assertEquals(poll(ctx, [{ read: 0 }]), WAIT);
  assertEquals(ctx.waits, [{ stdin: true, at: undefined }]);
  assertEquals(again(ctx, [{ read: 0 }]), WAIT, "woken for nothing");
  ctx.stdin.ended = true;
  assertEquals(again(ctx, [{ read: 0 }]), 0);
});

Deno.test("poll_oneoff: having waited, a guest may read again without being parked", () => {
  const ctx = new FakeContext({ nonblocking: true });
  const read = () => (ctx.iovecs(16, [100, 1]), ctx.call("fd_read", 0, 16, 1, 8));
  for (let i = 0; i < 20; i++) {
    assert(read() !== WAIT);
    assertEquals(poll(ctx, [{ read: 0 }, sleep(1n)]), WAIT);
    ctx.pass(1);
    assertEquals(again(ctx, [{ read: 0 }, sleep(1n)]), 0);
  }
});

Deno.test("poll_oneoff: descriptors that were closed or renumbered", () => {
  const ctx = new FakeContext({ stdin: "x" });
  ctx.call("fd_renumber", 0, 2);
  assertEquals(poll(ctx, [{ read: 0 }, { read: 2 }, { write: 2 }, { write: 1 }]), 0);
  assertEquals(events(ctx).map(({ errno }) => errno), [EBADF, 0, EBADF, 0]);
});

Deno.test("poll_oneoff: without the clock grant durations work, and moments are refused", () => {
  const ctx = new FakeContext({ clock: false });
  assertEquals(poll(ctx, [sleep(10n), sleep(20n, REALTIME)]), WAIT);
  ctx.pass(10);
  assertEquals(again(ctx, [sleep(10n), sleep(20n, REALTIME)]), 0);
  assertEquals(users(ctx), [0]);
  assertEquals(ctx.denied, []);
  for (const timeout of [0n, U64_MAX]) {
    for (const clock of [REALTIME, MONOTONIC]) {
      assertEquals(poll(ctx, [until(timeout, clock), sleep(10n)]), 0);
      assertEquals(events(ctx).map(({ errno }) => errno), [ENOTCAPABLE]);
    }
  }
  assertEquals(ctx.denied, Array(4).fill("poll_oneoff"));
});

Deno.test("poll_oneoff: counts, types and pointers", () => {
  const ctx = new FakeContext({ pages: 2 });
  const call = (...args: number[]) => ctx.call("poll_oneoff", ...args);
  assertEquals(poll(ctx, []), EINVAL);
  assertEquals(call(IN, OUT, 1_025, RESULT), EINVAL);
  assertEquals(call(IN, OUT, -1, RESULT), EINVAL);
  for (const type of [3, 4, 255]) assertEquals(poll(ctx, [sleep(1n), { type }]), EINVAL);

  ctx.memory.zero(0, 65_536);
  assertEquals(call(0, 65_536, 1_024, 131_068), 0, "1,024 subscriptions to no time at all");
  assertEquals(ctx.memory.u32(131_068), 1_024);

  const end = 131_072;
  for (const bad of [...BAD_POINTERS.slice(1), end]) {
    assertEquals(call(bad, OUT, 1, RESULT), EFAULT);
    assertEquals(call(IN, bad, 1, RESULT), EFAULT);
    assertEquals(call(IN, OUT, 1, bad), EFAULT);
  }
  assertEquals(call(end - 47, OUT, 1, RESULT), EFAULT);
  assertEquals(call(IN, end - 31, 1, RESULT), EFAULT);
  assertEquals(call(IN, OUT, 1, end - 3), EFAULT);
  assertEquals(call(end - 48 * 1_023, OUT, 1_024, RESULT), EFAULT);
  assertEquals(call(0, end - 32 * 1_023, 1_024, RESULT), EFAULT);
});

Deno.test("poll_oneoff: events over their own subscriptions hurt the guest alone", () => {
  const ctx = new FakeContext();
  poll(ctx, Array(100).fill(sleep(0n)));
  assert(ctx.call("poll_oneoff", IN, IN + 40, 100, IN) >= 0);
});
