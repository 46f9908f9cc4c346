/**
 * The guest's own life: exit, signals to itself, and giving way.
 *
 * @module
 */

import { EINVAL, SIGNAL_MAX, SIGNAL_NONE, SIGNALS_IGNORED, SUCCESS } from "./abi.ts";
import { suspend, takePending, type WasiContext } from "./context.ts";

/**
 * Ends the guest.
 *
 * - `code`: the exit code, a u32; 0 means success.
 *
 * Answers `KILL`, always.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#proc_exit
 */
export function procExit(ctx: WasiContext, code: number): number {
  return ctx.exit(code >>> 0);
}

/**
 * Sends a signal to the guest itself. No guest can install a handler, so the default action is
 * taken: most end it with exit code 128 + signal, as a shell would report it. Those that stop a
 * process end it too, since nobody could make it continue. Those that are ignored, and 0, do
 * nothing.
 *
 * - `signal`: number of the signal, 0–30 in WASI's own order.
 *
 * `EINVAL`: no such signal. Answers `KILL` when the guest ends.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#proc_raise
 */
export function procRaise(ctx: WasiContext, signal: number): number {
  if (signal < SIGNAL_NONE || signal > SIGNAL_MAX) return EINVAL;
  if (signal === SIGNAL_NONE || SIGNALS_IGNORED.includes(signal)) return SUCCESS;
  return ctx.exit(128 + signal);
}

/**
 * Gives way to others: for one turn of the event loop when the guest has used up its slice, and not
 * at all before that, since a turn costs a millisecond and there is rarely anyone to give way to.
 *
 * No errors.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#sched_yield
 */
export function schedYield(ctx: WasiContext): number {
  const gaveWay = takePending(ctx.state) !== undefined;
  if (gaveWay || !ctx.sliceUsed()) return SUCCESS;
  return suspend(ctx, 0, { turn: true });
}
