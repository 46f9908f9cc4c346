// The state of a run: streams behind descriptors, and what a wait leaves for the next run.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { EINVAL, FDFLAG_NONBLOCK, SUCCESS } from "../../lib/wasi/abi.ts";
import {
  CLOSED,
  KILL,
  newState,
  STDERR,
  STDIN,
  STDOUT,
  streamOf,
  suspend,
  takePending,
  UNPARKED,
  type Until,
  WAIT,
  type WasiContext,
} from "../../lib/wasi/context.ts";

Deno.test("context: WAIT and KILL are no errno, and not the same", () => {
  assert(WAIT < 0 && KILL < 0);
  assertEquals(new Set<number>([WAIT, KILL, SUCCESS, EINVAL]).size, 4);
});

Deno.test("context: a run that has not begun", () => {
  const begun = { streams: [STDIN, STDOUT, STDERR], park: UNPARKED, pending: undefined };
  assertEquals(newState(false), { ...begun, flags: [0, 0, 0] } as ReturnType<typeof newState>);
  // Only reads can be non-blocking from the start.
  assertEquals(newState(true).flags, [FDFLAG_NONBLOCK, 0, 0]);
});

Deno.test("context: runs share nothing", () => {
  const one = newState(false), other = newState(false);
  one.streams[0] = CLOSED;
  one.flags[1] = FDFLAG_NONBLOCK;
  one.pending = 7n;
  assertEquals(other, newState(false));
});

Deno.test("context: the stream behind a descriptor", () => {
  const state = newState(false);
  assertEquals([0, 1, 2].map((fd) => streamOf(state, fd)), [STDIN, STDOUT, STDERR]);
  for (const fd of [3, 4, 0x7fff_ffff, -1, -2, -0x8000_0000]) {
    assertStrictEquals(streamOf(state, fd), CLOSED, String(fd));
  }
  state.streams[2] = STDIN;
  state.streams[0] = CLOSED;
  assertEquals([0, 1, 2].map((fd) => streamOf(state, fd)), [CLOSED, STDOUT, STDIN]);
});

/** A context that can only wait, and what was waited for. */
function waiting(): { ctx: WasiContext; waits: Until[] } {
  const waits: Until[] = [];
  const wait = (until: Until) => {
    waits.push(until);
    return WAIT;
  };
  return { ctx: { state: newState(false), wait } as unknown as WasiContext, waits };
}

Deno.test("context: a wait leaves what is pending for one run, whatever it is", () => {
  for (const pending of [0, 1, -1, 0n, 2n ** 63n]) {
    const { ctx, waits } = waiting();
    const until: Until = { stdin: true, at: 5n };
    assertStrictEquals(takePending(ctx.state), undefined, "the first run");
    assertStrictEquals(suspend(ctx, pending, until), WAIT);
    assertEquals(waits, [{ stdin: true, at: 5n }]);
    assertStrictEquals(takePending<number | bigint>(ctx.state), pending, "the run after the wait");
    assertStrictEquals(takePending(ctx.state), undefined, "the first run of the next call");
  }
});

Deno.test("context: a handler may wait again, and leave something else", () => {
  const { ctx, waits } = waiting();
  suspend(ctx, 1, { turn: true });
  assertEquals(takePending(ctx.state), 1);
  suspend(ctx, 2n, { host: true });
  assertEquals(takePending<bigint>(ctx.state), 2n);
  assertEquals(waits, [{ turn: true }, { host: true }]);
});

Deno.test("context: what is pending is there when the wait begins", () => {
  // Whoever waits may run the handler again at once.
  const { ctx } = waiting();
  let seen: number | undefined;
  const again: WasiContext = {
    ...ctx,
    wait: () => {
      seen = takePending(ctx.state);
      return WAIT;
    },
  };
  suspend(again, 9, { turn: true });
  assertEquals(seen, 9);
});
