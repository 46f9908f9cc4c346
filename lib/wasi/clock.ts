/**
 * Clocks. Without the manifest's `clock` a guest reads none of them; with `"coarse"` it reads whole
 * milliseconds.
 *
 * @module
 */

import { CLOCK_MONOTONIC, CLOCK_REALTIME, EINVAL, ENOTCAPABLE, SUCCESS } from "./abi.ts";
import type { WasiContext } from "./context.ts";

/** The steps of a coarse clock, in ns. */
const COARSE = 1_000_000n;
const U64_MAX = 2n ** 64n - 1n;

/**
 * Writes the resolution of a clock: the steps in which it goes on, not those that a guest can
 * measure, since a call takes longer than the finest of them. That is 1 ms for a coarse clock and,
 * since JavaScript knows the date in whole ms only, for real time; 1 µs for the monotonic clock,
 * which in a browser may go on in larger steps; 1 ns for both when the guest is deterministic.
 *
 * - `id`: clockid; 0 real time, 1 monotonic.
 * - `resolution`: pointer to a u64, in ns.
 *
 * `ENOTCAPABLE`: no `clock` grant. `EINVAL`: a CPU-time clock (2, 3) or an unknown one.
 * `EFAULT`: the pointer is outside the memory.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#clock_res_get
 */
export function clockResGet(ctx: WasiContext, id: number, resolution: number): number {
  if (!ctx.clock) return denied(ctx, "clock_res_get");
  if (id !== CLOCK_REALTIME && id !== CLOCK_MONOTONIC) return EINVAL;
  const steps = ctx.resolution(id === CLOCK_REALTIME ? "realtime" : "monotonic");
  ctx.memory.setU64(resolution >>> 0, ctx.clock === "coarse" && steps < COARSE ? COARSE : steps);
  return SUCCESS;
}

/**
 * Writes the time of a clock, rounded down to whole ms if it is coarse.
 *
 * - `id`: clockid; 0 real time (ns since the epoch), 1 monotonic (ns since some moment).
 * - `precision`: the lag that the guest would accept, in ns; unused, the answer is always fresh.
 * - `time`: pointer to a u64, in ns.
 *
 * `ENOTCAPABLE`: no `clock` grant. `EINVAL`: a CPU-time clock (2, 3) or an unknown one.
 * `EFAULT`: the pointer is outside the memory.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#clock_time_get
 */
export function clockTimeGet(
  ctx: WasiContext,
  id: number,
  _precision: bigint,
  time: number,
): number {
  if (!ctx.clock) return denied(ctx, "clock_time_get");
  if (id !== CLOCK_REALTIME && id !== CLOCK_MONOTONIC) return EINVAL;
  const now = id === CLOCK_REALTIME ? ctx.realtime() : ctx.monotonic();
  const shown = ctx.clock === "coarse" ? now - now % COARSE : now;
  ctx.memory.setU64(time >>> 0, shown < U64_MAX ? shown : U64_MAX);
  return SUCCESS;
}

/**
 * The first moment at which the guest's clock shows `time` or more, in ns: a coarse one shows it no
 * sooner than the next whole ms.
 */
export function shownAt(ctx: WasiContext, time: bigint): bigint {
  return ctx.clock === "coarse" ? time + (COARSE - time % COARSE) % COARSE : time;
}

/**
 * Milliseconds with a fraction as whole nanoseconds. In two steps, since a double cannot count the
 * nanoseconds of today's date; rounded, not cut, so that a clock which ticks in whole nanoseconds
 * comes out exact and two readings 5 ms apart are never 4,999,999 ns apart.
 */
export function toNanoseconds(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}

function denied(ctx: WasiContext, name: string): number {
  ctx.deny(name);
  return ENOTCAPABLE;
}
