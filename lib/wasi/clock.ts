/**
 * Clocks. Without the manifest's `clock` a guest reads none of them.
 *
 * @module
 */

import { CLOCK_MONOTONIC, CLOCK_REALTIME, EINVAL, ENOTCAPABLE, SUCCESS } from "./abi.ts";
import type { WasiContext } from "./context.ts";

/** What `clock_res_get` says, in ns: the grain that JavaScript engines agree on, 1 µs. */
const RESOLUTION = 1_000n;

/**
 * Writes the resolution of a clock.
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
  ctx.memory.setU64(resolution >>> 0, RESOLUTION);
  return SUCCESS;
}

/**
 * Writes the time of a clock.
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
  const ms = id === CLOCK_REALTIME ? ctx.realtime() : ctx.now();
  ctx.memory.setU64(time >>> 0, toNanoseconds(ms));
  return SUCCESS;
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
