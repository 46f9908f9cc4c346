/**
 * Waiting for several things at once; every sleep of a guest goes through here too.
 *
 * @module
 */

import {
  CLOCK_ABSTIME,
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  EBADF,
  EINVAL,
  ENOTCAPABLE,
  EVENT_CLOCK,
  EVENT_FD_READ,
  EVENT_FD_WRITE,
  EVENT_HANGUP,
  EVENT_SIZE,
  MAX_SUBSCRIPTIONS,
  SUBSCRIPTION_SIZE,
  SUCCESS,
} from "./abi.ts";
import { shownAt } from "./clock.ts";
import {
  STDERR,
  STDIN,
  STDOUT,
  streamOf,
  suspend,
  takePending,
  UNPARKED,
  type WasiContext,
} from "./context.ts";
import type { GuestMemory } from "./memory.ts";

/** What a stream that takes everything claims to have room for, in bytes. */
const WRITABLE = 65_536;

/**
 * Waits until at least one of several subscriptions has something to say, and writes an event for
 * each that has.
 *
 * - `subscriptions`: pointer to `count` subscriptions of 48 bytes.
 * - `events`: pointer to room for `count` events of 32 bytes. It should not overlap
 *   `subscriptions`.
 * - `count`: 1–1,024.
 * - `result`: pointer to a u32, the events written; at least 1.
 *
 * `EINVAL`: no subscription, more than 1,024, or one of unknown type.
 * `EFAULT`: subscriptions, events or `result` are not wholly inside the memory.
 *
 * What a subscription waits for:
 *
 * - a clock: a point in time, or a duration from this call on, in ns. It never comes early, and may
 *   be a few ms late; the precision that it names is ignored. An absolute time on the real clock
 *   follows that clock when somebody sets it; durations are measured on the monotonic one. Of a
 *   coarse clock a point in time has come when the guest could read it there, and not before.
 * - reading stdin: a byte, or the end, which is `HANGUP` once everything is read.
 * - writing stdout or stderr: always ready.
 *
 * Errors of one subscription are that event's `error`, and count as ready: `EINVAL`: CPU-time
 * clock, unknown clock, unknown flag. `EBADF`: descriptor not open in that direction.
 * `ENOTCAPABLE`: an absolute time without the `clock` grant, since asking whether a moment has
 * passed is reading the clock. Durations need no grant: they tell a guest what it asked for and,
 * next to a subscription of stdin, which of the two came first.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#poll_oneoff
 */
export function pollOneoff(
  ctx: WasiContext,
  subscriptions: number,
  events: number,
  count: number,
  result: number,
): number {
  const { memory, state, stdin } = ctx;
  const now = ctx.monotonic();
  // Durations count from the first run of a call, not from each time it is run again.
  const start = takePending<bigint>(state) ?? now;
  const total = count >>> 0;
  if (total === 0 || total > MAX_SUBSCRIPTIONS) return EINVAL;
  const first = subscriptions >>> 0;
  memory.check(first, total * SUBSCRIPTION_SIZE);
  memory.check(events >>> 0, total * EVENT_SIZE);
  memory.check(result >>> 0, 4);

  let ready = 0;
  let event = events >>> 0;
  let at: bigint | undefined;
  let waitsForStdin = false;
  for (let i = 0; i < total; i++) {
    const subscription = first + i * SUBSCRIPTION_SIZE;
    const type = memory.u8(subscription + 8);
    let errno = SUCCESS;
    let bytes = 0;
    let flags = 0;
    if (type === EVENT_CLOCK) {
      errno = checkClock(ctx, subscription);
      if (errno === SUCCESS) {
        const due = dueTime(ctx, subscription, start, now);
        if (due > now) {
          if (at === undefined || due < at) at = due;
          continue;
        }
      }
    } else if (type === EVENT_FD_READ) {
      if (streamOf(state, memory.u32(subscription + 16)) !== STDIN) {
        errno = EBADF;
      } else if (stdin.available > 0) {
        bytes = stdin.available;
      } else if (stdin.ended) {
        flags = EVENT_HANGUP;
      } else {
        waitsForStdin = true;
        continue;
      }
    } else if (type === EVENT_FD_WRITE) {
      const stream = streamOf(state, memory.u32(subscription + 16));
      if (stream === STDOUT || stream === STDERR) bytes = WRITABLE;
      else errno = EBADF;
    } else {
      return EINVAL;
    }
    writeEvent(memory, event, subscription, errno, type, bytes, flags);
    event += EVENT_SIZE;
    ready++;
  }
  if (ready > 0) {
    memory.setU32(result >>> 0, ready);
    return SUCCESS;
  }
  state.park = UNPARKED;
  return suspend(ctx, start, { stdin: waitsForStdin, at });
}

/** The errno of a clock subscription, before its time is looked at. */
function checkClock(ctx: WasiContext, subscription: number): number {
  const id = ctx.memory.u32(subscription + 16);
  const flags = ctx.memory.u16(subscription + 40);
  if (id !== CLOCK_REALTIME && id !== CLOCK_MONOTONIC) return EINVAL;
  if ((flags & ~CLOCK_ABSTIME) !== 0) return EINVAL;
  if (flags === CLOCK_ABSTIME && !ctx.clock) {
    ctx.deny("poll_oneoff");
    return ENOTCAPABLE;
  }
  return SUCCESS;
}

/** When a clock subscription is due, in ns on the clock of `now`; in the past if it is. */
function dueTime(ctx: WasiContext, subscription: number, start: bigint, now: bigint): bigint {
  const timeout = ctx.memory.u64(subscription + 24);
  if (ctx.memory.u16(subscription + 40) !== CLOCK_ABSTIME) return start + timeout;
  const time = shownAt(ctx, timeout);
  if (ctx.memory.u32(subscription + 16) === CLOCK_MONOTONIC) return time;
  const left = time - ctx.realtime();
  if (left <= 0n) return now;
  // In whole steps of the real clock: it cannot tell a smaller one from none, and then this would spin.
  const step = ctx.resolution("realtime");
  return now + (left + step - 1n) / step * step;
}

function writeEvent(
  memory: GuestMemory,
  event: number,
  subscription: number,
  errno: number,
  type: number,
  bytes: number,
  flags: number,
): void {
  const userdata = memory.u64(subscription);
  memory.zero(event, EVENT_SIZE);
  memory.setU64(event, userdata);
  memory.setU16(event + 8, errno);
  memory.setU8(event + 10, type);
  memory.setU32(event + 16, bytes);
  memory.setU16(event + 24, flags);
}
