/**
 * Random bytes. Without the manifest's `random` a guest gets none.
 *
 * @module
 */

import { ENOTCAPABLE, SUCCESS } from "./abi.ts";
import { suspend, takePending, type WasiContext } from "./context.ts";

/** Most bytes that the host fills at once. */
const CHUNK = 65_536;

/**
 * Fills a buffer with random bytes: of cryptographic quality, unless the manifest wants the guest to
 * be deterministic.
 *
 * - `buf`: pointer to the buffer.
 * - `bufLen`: its length in bytes; any length that fits the memory.
 *
 * `ENOTCAPABLE`: no `random` grant. `EFAULT`: the buffer is not wholly inside the memory, and then
 * nothing is written.
 *
 * There is no ceiling on the length, since any would break an honest guest that a bigger one would
 * not have. A call that would hold the host for longer than the guest's slice answers `WAIT` for a
 * turn of the event loop instead, and goes on where it stopped, so deadline and abort get their
 * chance.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#random_get
 */
export function randomGet(ctx: WasiContext, buf: number, bufLen: number): number {
  const { memory } = ctx;
  let done = takePending(ctx.state) ?? 0;
  if (!ctx.random) {
    ctx.deny("random_get");
    return ENOTCAPABLE;
  }
  const start = buf >>> 0;
  const length = bufLen >>> 0;
  memory.check(start, length);
  for (;;) {
    const size = Math.min(CHUNK, length - done);
    if (size > 0) ctx.fillRandom(memory.bytes(start + done, size));
    done += size;
    if (done === length) return SUCCESS;
    if (ctx.sliceUsed()) return suspend(ctx, done, { turn: true });
  }
}
