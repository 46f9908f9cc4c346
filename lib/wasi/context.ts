/**
 * What a WASI handler sees of the run it serves, and what it may answer besides an errno.
 *
 * A handler is `handler(ctx, ...args)`: `args` are the raw wasm values (i32 as a signed number, i64
 * as a bigint), the answer is an errno, `WAIT` or `KILL`. It is hostile input from end to end: a
 * handler throws nothing but `Fault`, allocates nothing by a length that it has not checked, and
 * keeps no view of the memory.
 *
 * @module
 */

import type { GuestMemory } from "./memory.ts";
import { FDFLAG_NONBLOCK } from "./abi.ts";

/**
 * The handler would block. The caller suspends the guest until what `ctx.wait()` recorded, then
 * runs the same handler again with the same arguments; nothing else of the guest runs in between.
 */
export const WAIT: -1 = -1;

/** The guest ends here: the caller makes it run `unreachable`, which no guest can catch. */
export const KILL: -2 = -2;

/** What ends a wait: whichever comes first. */
export interface Until {
  /** Stdin has a byte, or has ended. */
  readonly stdin?: boolean;
  /** The host has nothing left to do for the guest: `ctx.hostBusy()` is false. */
  readonly host?: boolean;
  /** `ctx.monotonic()` has reached this, in ns. */
  readonly at?: bigint;
  /** One turn of the event loop is over. */
  readonly turn?: boolean;
}

/** Which stream a descriptor stands for. */
export type Stream = typeof STDIN | typeof STDOUT | typeof STDERR | typeof CLOSED;
/** Host to guest. */
export const STDIN = 0;
/** Guest to host. */
export const STDOUT = 1;
/** The guest's log. */
export const STDERR = 2;
/** No stream: the descriptor was closed, renumbered away, or never existed. */
export const CLOSED: -1 = -1;

/** So many non-blocking reads in a row may find nothing before the guest is parked. */
export const UNPARKED = -3;

/** What a run changes. Made by `newState`, and used for one run. */
export interface WasiState {
  /** By descriptor 0–2: the stream behind it. */
  readonly streams: [Stream, Stream, Stream];
  /** By descriptor 0–2: its `fdflags`. They move with the stream when it is renumbered. */
  readonly flags: [number, number, number];
  /** For how many ms `fdRead` has parked the guest when a non-blocking read last found nothing; from `UNPARKED` on. */
  park: number;
  /** What a handler that answered `WAIT` left for its next run; `undefined` when none waits. */
  pending: number | bigint | undefined;
}

/** One run of one guest, as far as WASI is concerned. */
export interface WasiContext {
  /** The guest's memory. */
  readonly memory: GuestMemory;
  /** Arguments: UTF-8, each with its final NUL. The first is the program's name. */
  readonly args: readonly Uint8Array[];
  /** Environment: `KEY=VALUE` in UTF-8, each with its final NUL. */
  readonly env: readonly Uint8Array[];
  /** Whether the guest may read clocks, and if only in whole ms: `"coarse"`. */
  readonly clock: boolean | "coarse";
  /** Whether the guest may have random bytes. */
  readonly random: boolean;
  /** The host's side of fd 0. `read` copies at most `available` bytes and says how many. */
  readonly stdin: {
    readonly available: number;
    readonly ended: boolean;
    read(into: Uint8Array): number;
  };
  /** Whether fd 0 starts out as non-blocking. */
  readonly nonblocking: boolean;
  /** This run's own state. */
  readonly state: WasiState;
  /** Takes all of `bytes`, a view that is valid during the call only. Answers 0 or `KILL`. */
  write(stream: "stdout" | "stderr", bytes: Uint8Array): number;
  /** Records what the guest waits for. The handler returns the answer. */
  wait(until: Until): typeof WAIT;
  /** Records that a WASI function was refused, by name. Called as often as the guest asks. */
  deny(name: string): void;
  /** Records the exit code, a u32. The handler returns the answer. */
  exit(code: number): typeof KILL;
  /** Whether the guest has used up its slice. */
  sliceUsed(): boolean;
  /** Whether what the guest has written keeps the host busy, and the guest is not to go on before that is over. */
  hostBusy(): boolean;
  /** Monotonic time in ns. */
  monotonic(): bigint;
  /** Time since the epoch in ns. */
  realtime(): bigint;
  /** The steps in which a clock goes on, in ns. */
  resolution(clock: "monotonic" | "realtime"): bigint;
  /** Fills `into`, at most 65,536 bytes, with random bytes. */
  fillRandom(into: Uint8Array<ArrayBuffer>): void;
}

/** One WASI function: context and raw wasm values in; errno, `WAIT` or `KILL` out. */
// The table's `entry` checks a handler's parameters against its signature; here they are erased.
// deno-lint-ignore no-explicit-any
export type WasiHandler = (ctx: WasiContext, ...args: any[]) => number;

/** The state of a run that has not begun. `nonblocking` is the initial mode of fd 0. */
export function newState(nonblocking: boolean): WasiState {
  return {
    streams: [STDIN, STDOUT, STDERR],
    flags: [nonblocking ? FDFLAG_NONBLOCK : 0, 0, 0],
    park: UNPARKED,
    pending: undefined,
  };
}

/** The stream behind `fd`, a raw i32 from the guest; `CLOSED` for whatever is not open. */
export function streamOf(state: WasiState, fd: number): Stream {
  return fd >= 0 && fd <= 2 ? state.streams[fd] : CLOSED;
}

/** Waits until `until`, and leaves `pending` for the run of the handler that follows. */
export function suspend(
  ctx: WasiContext,
  pending: NonNullable<WasiState["pending"]>,
  until: Until,
): typeof WAIT {
  ctx.state.pending = pending;
  return ctx.wait(until);
}

/** What the run before left by `suspend`, or `undefined` when this is the call's first run. */
export function takePending<T extends number | bigint = number>(state: WasiState): T | undefined {
  const { pending } = state;
  state.pending = undefined;
  // Between the two runs nobody else has one, and a handler knows what it left.
  return pending as T | undefined;
}
