/**
 * Subscriptions and events of `poll_oneoff`, as a guest writes and reads them.
 *
 * @module
 */

import type { FakeContext } from "./wasi.ts";

/** Where `poll` puts subscriptions, events and their count. */
export const IN = 1_024;
export const OUT = 32_768;
export const RESULT = 8;
/** A millisecond in ns. */
export const MS = 1_000_000n;
export const U64_MAX = 2n ** 64n - 1n;
export const REALTIME = 0;
export const MONOTONIC = 1;

/** One subscription; `type` alone is one of a type that there may not be. */
export type Subscription =
  | { clock: number; timeout: bigint; abs?: boolean; flags?: number }
  | { read: number }
  | { write: number }
  | { type: number };

/** One event as the guest reads it. */
export interface Event {
  user: bigint;
  errno: number;
  type: number;
  bytes: bigint;
  flags: number;
}

/** A duration in ms. */
export const sleep = (ms: bigint, clock = MONOTONIC): Subscription => ({ clock, timeout: ms * MS });
/** A point in time in ns. */
export const until = (timeout: bigint, clock = MONOTONIC): Subscription => ({
  clock,
  timeout,
  abs: true,
});

/** Subscribes; user data is 100 + index. Answers the errno or `WAIT`. */
export function poll(ctx: FakeContext, subscriptions: readonly Subscription[]): number {
  subscriptions.forEach((s, i) => {
    const at = IN + 48 * i;
    ctx.memory.bytes(at, 48).fill(0xaa);
    ctx.memory.setU64(at, 100n + BigInt(i));
    ctx.memory.setU8(at + 8, "clock" in s ? 0 : "read" in s ? 1 : "write" in s ? 2 : s.type);
    if ("clock" in s) {
      ctx.memory.setU32(at + 16, s.clock);
      ctx.memory.setU64(at + 24, s.timeout);
      ctx.memory.setU16(at + 40, s.flags ?? (s.abs ? 1 : 0));
    } else if (!("type" in s)) {
      ctx.memory.setU32(at + 16, "read" in s ? s.read : s.write);
    }
  });
  return again(ctx, subscriptions);
}

/** The same call once more, as after a wait. */
export function again(ctx: FakeContext, subscriptions: readonly Subscription[]): number {
  return ctx.call("poll_oneoff", IN, OUT, subscriptions.length, RESULT);
}

/** The events that the last poll wrote. */
export function events(ctx: FakeContext): Event[] {
  return Array.from({ length: ctx.memory.u32(RESULT) }, (_, i) => {
    const at = OUT + 32 * i;
    return {
      user: ctx.memory.u64(at),
      errno: ctx.memory.u16(at + 8),
      type: ctx.memory.u8(at + 10),
      bytes: ctx.memory.u64(at + 16),
      flags: ctx.memory.u16(at + 24),
    };
  });
}

/** Indices of the subscriptions that the last poll wrote events for. */
export const users = (ctx: FakeContext) => events(ctx).map(({ user }) => Number(user) - 100);
