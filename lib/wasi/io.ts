/**
 * Reading and writing the three streams.
 *
 * @module
 */

import {
  EAGAIN,
  EBADF,
  EINVAL,
  FDFLAG_NONBLOCK,
  IOVEC_SIZE,
  MAX_IO_BYTES,
  MAX_IOVECS,
  SUCCESS,
} from "./abi.ts";
import {
  KILL,
  STDERR,
  STDIN,
  STDOUT,
  streamOf,
  suspend,
  takePending,
  UNPARKED,
  type Until,
  type WasiContext,
} from "./context.ts";
import type { GuestMemory } from "./memory.ts";

/** Longest that one empty read parks the guest, in ms. */
const MAX_PARK = 100;
/** Most bytes of one read, as of a pipe's; all of stdin could be read into one buffer a thousand times over. */
const MAX_READ = 65_536;
/** A millisecond in ns. */
const MS = 1_000_000n;
/** Bytes written between two looks at the guest's slice: a few ms of work for the host if each is a line of its own. */
const WRITE_CHUNK = 1 << 14;

const STDIN_READY: Until = { stdin: true };
const HOST_IDLE: Until = { host: true };

/**
 * Reads from stdin what is there now: at least a byte and at most 65,536, or 0 bytes at its end.
 *
 * - `fd`: descriptor.
 * - `iovs`: pointer to `iovsLen` iovecs of 8 bytes (u32 pointer, u32 length), filled in order.
 * - `iovsLen`: their count, at most 1,024.
 * - `nread`: pointer to a u32, the bytes read.
 *
 * `EBADF`: not open for reading. `EINVAL`: more than 1,024 iovecs, or 2 GiB and more in all.
 * `EFAULT`: `nread`, the array or any buffer is outside the memory; nothing is lost from stdin
 * then, unless a buffer lies over the array and what was read made it so.
 * `EAGAIN`: nothing there and the descriptor is non-blocking. Otherwise the guest waits.
 *
 * A guest that asks a non-blocking stdin again and again is parked: from the fourth empty read in a
 * row on, each waits for stdin first, for 1 ms, 2 ms, then a quarter longer each time, up to 100 ms.
 * So timers of the guest's own are late by a fifth of the time for which it has been asking. A read
 * that finds something, a write to stdout and a `poll_oneoff` that waits begin a new row.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_read
 */
export function fdRead(
  ctx: WasiContext,
  fd: number,
  iovs: number,
  iovsLen: number,
  nread: number,
): number {
  const { memory, state, stdin } = ctx;
  const waited = takePending(state) !== undefined;
  if (streamOf(state, fd) !== STDIN) return EBADF;
  const array = iovs >>> 0;
  const count = iovsLen >>> 0;
  const result = nread >>> 0;
  if (count > MAX_IOVECS) return EINVAL;
  memory.check(result, 4);
  const total = totalLength(memory, array, count);
  if (total > MAX_IO_BYTES) return EINVAL;

  if (total > 0 && stdin.available === 0 && !stdin.ended) {
    if ((state.flags[fd] & FDFLAG_NONBLOCK) === 0) return suspend(ctx, 0, STDIN_READY);
    if (waited) return EAGAIN;
    if (state.park < 0) {
      state.park++;
      return EAGAIN;
    }
    state.park = Math.min(state.park + 1 + (state.park >> 2), MAX_PARK);
    return suspend(ctx, 0, { stdin: true, at: ctx.monotonic() + BigInt(state.park) * MS });
  }

  let read = 0;
  for (let i = 0; i < count && read < MAX_READ && stdin.available > 0; i++) {
    const iovec = array + i * IOVEC_SIZE;
    const length = Math.min(memory.u32(iovec + 4), MAX_READ - read);
    if (length > 0) read += stdin.read(memory.bytes(memory.u32(iovec), length));
  }
  if (read > 0) state.park = UNPARKED;
  memory.setU32(result, read);
  return SUCCESS;
}

/**
 * Writes to stdout or stderr, all of it: there are no short writes.
 *
 * - `fd`: descriptor.
 * - `iovs`: pointer to `iovsLen` ciovecs of 8 bytes (u32 pointer, u32 length), written in order.
 * - `iovsLen`: their count, at most 1,024.
 * - `nwritten`: pointer to a u32, the bytes written.
 *
 * `EBADF`: not open for writing. `EINVAL`: more than 1,024 ciovecs, or 2 GiB and more in all.
 * `EFAULT`: `nwritten`, the array or any buffer is outside the memory; nothing is written then.
 * Answers `KILL` when the host will not take more.
 *
 * The ciovecs may all name the same big buffer, so the bytes in a call can be many times the
 * memory. They are handed on without a copy of our own, 16 KiB at a time, and between two of these a
 * guest that has used up its slice answers `WAIT` for a turn of the event loop and then goes on
 * where it stopped. There, and at the end, it waits for a host that is to be done with what was
 * written (`ctx.hostBusy`) before the guest goes on.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_write
 */
export function fdWrite(
  ctx: WasiContext,
  fd: number,
  iovs: number,
  iovsLen: number,
  nwritten: number,
): number {
  const { memory, state } = ctx;
  let done = takePending(state) ?? 0;
  const stream = streamOf(state, fd);
  if (stream !== STDOUT && stream !== STDERR) return EBADF;
  const array = iovs >>> 0;
  const count = iovsLen >>> 0;
  const result = nwritten >>> 0;
  if (count > MAX_IOVECS) return EINVAL;
  memory.check(result, 4);
  const total = totalLength(memory, array, count);
  if (total > MAX_IO_BYTES) return EINVAL;

  const name = stream === STDOUT ? "stdout" : "stderr";
  let skip = done;
  let budget = WRITE_CHUNK;
  for (let i = 0; i < count; i++) {
    const iovec = array + i * IOVEC_SIZE;
    let length = memory.u32(iovec + 4);
    if (skip >= length) {
      skip -= length;
      continue;
    }
    let from = memory.u32(iovec) + skip;
    length -= skip;
    skip = 0;
    while (length > 0) {
      if (budget === 0) {
        if (ctx.hostBusy()) return suspend(ctx, done, HOST_IDLE);
        if (ctx.sliceUsed()) return suspend(ctx, done, { turn: true });
        budget = WRITE_CHUNK;
      }
      const size = Math.min(length, budget);
      if (ctx.write(name, memory.bytes(from, size)) === KILL) return KILL;
      from += size;
      length -= size;
      budget -= size;
      done += size;
    }
  }
  if (ctx.hostBusy()) return suspend(ctx, done, HOST_IDLE);
  if (stream === STDOUT && total > 0) state.park = UNPARKED;
  memory.setU32(result, total);
  return SUCCESS;
}

/** Bytes in all of an array of at most 1,024 iovecs, once every one is known to be in the memory. */
function totalLength(memory: GuestMemory, array: number, count: number): number {
  memory.check(array, count * IOVEC_SIZE);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const iovec = array + i * IOVEC_SIZE;
    const length = memory.u32(iovec + 4);
    memory.check(memory.u32(iovec), length);
    total += length;
  }
  return total;
}
