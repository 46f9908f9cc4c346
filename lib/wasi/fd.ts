/**
 * Descriptors: what may be asked of 0–2 besides reading and writing. Every function here answers
 * `EBADF` for a descriptor that is not open, before it looks at anything else.
 *
 * @module
 */

import {
  EBADF,
  EINVAL,
  ENOSYS,
  ENOTCAPABLE,
  ENOTSUP,
  FDFLAG_APPEND,
  FDFLAG_NONBLOCK,
  FDFLAGS_ALL,
  FDSTAT_SIZE,
  FILESTAT_SIZE,
  FILETYPE_CHARACTER_DEVICE,
  RIGHT_FD_FDSTAT_SET_FLAGS,
  RIGHT_FD_FILESTAT_GET,
  RIGHT_FD_READ,
  RIGHT_FD_WRITE,
  RIGHT_POLL_FD_READWRITE,
  SUCCESS,
} from "./abi.ts";
import { CLOSED, STDIN, type Stream, streamOf, type WasiContext } from "./context.ts";

const RIGHTS_BOTH = RIGHT_FD_FDSTAT_SET_FLAGS | RIGHT_FD_FILESTAT_GET | RIGHT_POLL_FD_READWRITE;

/**
 * Closes a descriptor. The host's side of the stream does not notice; the guest cannot reopen it.
 *
 * - `fd`: descriptor.
 *
 * `EBADF`: not open.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_close
 */
export function fdClose(ctx: WasiContext, fd: number): number {
  if (streamOf(ctx.state, fd) === CLOSED) return EBADF;
  ctx.state.streams[fd] = CLOSED;
  return SUCCESS;
}

/**
 * Writes type, flags and rights of a descriptor.
 *
 * - `fd`: descriptor.
 * - `stat`: pointer to an fdstat of 24 bytes.
 *
 * `EBADF`: not open. `EFAULT`: the fdstat is not wholly inside the memory.
 *
 * All three are character devices that cannot seek, which a C library takes for a terminal. It then
 * flushes stdout at every newline, and that is what a protocol of lines needs: as a pipe, a guest's
 * request would stay in its buffer while the guest waits for the answer.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_fdstat_get
 */
export function fdFdstatGet(ctx: WasiContext, fd: number, stat: number): number {
  const { memory, state } = ctx;
  const stream = streamOf(state, fd);
  if (stream === CLOSED) return EBADF;
  const ptr = stat >>> 0;
  memory.zero(ptr, FDSTAT_SIZE);
  memory.setU8(ptr, FILETYPE_CHARACTER_DEVICE);
  memory.setU16(ptr + 2, state.flags[fd]);
  memory.setU32(ptr + 8, rightsOf(stream));
  return SUCCESS;
}

/**
 * Sets the flags of a descriptor.
 *
 * - `fd`: descriptor.
 * - `flags`: fdflags. `NONBLOCK` makes reads from stdin answer `EAGAIN`; writes never block, and
 *   always append, so `NONBLOCK` and `APPEND` are kept elsewhere without further effect.
 *
 * `EBADF`: not open. `EINVAL`: unknown flags. `ENOTSUP`: one of the three that sync to a disk.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_fdstat_set_flags
 */
export function fdFdstatSetFlags(ctx: WasiContext, fd: number, flags: number): number {
  if (streamOf(ctx.state, fd) === CLOSED) return EBADF;
  if ((flags & ~FDFLAGS_ALL) !== 0) return EINVAL;
  if ((flags & ~(FDFLAG_APPEND | FDFLAG_NONBLOCK)) !== 0) return ENOTSUP;
  ctx.state.flags[fd] = flags;
  return SUCCESS;
}

/**
 * Gives up rights of a descriptor.
 *
 * - `fd`: descriptor. `base`, `inheriting`: the rights to keep.
 *
 * `EBADF`: not open. `ENOTCAPABLE`: a right that the descriptor does not have.
 * `ENOSYS`: else. A guest has too little to give up any of it, and a refusal is better than a
 * promise not kept.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_fdstat_set_rights
 */
export function fdFdstatSetRights(
  ctx: WasiContext,
  fd: number,
  base: bigint,
  inheriting: bigint,
): number {
  const stream = streamOf(ctx.state, fd);
  if (stream === CLOSED) return EBADF;
  const added = (base & ~BigInt(rightsOf(stream))) | inheriting;
  return added !== 0n ? ENOTCAPABLE : ENOSYS;
}

/**
 * Writes what is known of a descriptor's file.
 *
 * - `fd`: descriptor.
 * - `stat`: pointer to a filestat of 64 bytes: a character device with one link, no size, and times
 *   of 0, since they would be a clock. Each stream has an inode of its own, as programs ask whether
 *   two descriptors are the same file.
 *
 * `EBADF`: not open. `EFAULT`: the filestat is not wholly inside the memory.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_filestat_get
 */
export function fdFilestatGet(ctx: WasiContext, fd: number, stat: number): number {
  const { memory } = ctx;
  const stream = streamOf(ctx.state, fd);
  if (stream === CLOSED) return EBADF;
  const ptr = stat >>> 0;
  memory.zero(ptr, FILESTAT_SIZE);
  memory.setU32(ptr + 8, stream + 1);
  memory.setU8(ptr + 16, FILETYPE_CHARACTER_DEVICE);
  memory.setU32(ptr + 24, 1);
  return SUCCESS;
}

/**
 * Moves a stream, with its flags, to another descriptor, and closes what was there.
 *
 * - `fd`: descriptor to move; it is closed afterwards.
 * - `to`: 0, 1 or 2, open or not. The same as `fd`: nothing happens.
 *
 * `EBADF`: `fd` is not open, or `to` is not 0–2.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_renumber
 */
export function fdRenumber(ctx: WasiContext, fd: number, to: number): number {
  const { state } = ctx;
  const stream = streamOf(state, fd);
  if (stream === CLOSED || to < 0 || to > 2) return EBADF;
  if (to === fd) return SUCCESS;
  state.streams[to] = stream;
  state.flags[to] = state.flags[fd];
  state.streams[fd] = CLOSED;
  return SUCCESS;
}

function rightsOf(stream: Stream): number {
  return RIGHTS_BOTH | (stream === STDIN ? RIGHT_FD_READ : RIGHT_FD_WRITE);
}
