/**
 * What makes sense for files and directories alone. A guest has none, so each function answers what
 * a program expects of a stream, and `EBADF` for a descriptor that is not open, before it looks at
 * anything else. No pointer is looked at.
 *
 * @module
 */

import { ADVICE_MAX, EBADF, EINVAL, ENOSYS, ENOTDIR, ESPIPE, WHENCE_MAX } from "./abi.ts";
import { CLOSED, streamOf, type WasiContext } from "./context.ts";

/**
 * Advice on how a file will be read.
 *
 * - `fd`: descriptor. `offset`, `length`: the range, in bytes. `advice`: 0–5.
 *
 * `EBADF`: not open. `EINVAL`: unknown advice. `ESPIPE`: else, a stream has no ranges.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_advise
 */
export function fdAdvise(
  ctx: WasiContext,
  fd: number,
  _offset: bigint,
  _length: bigint,
  advice: number,
): number {
  if (streamOf(ctx.state, fd) === CLOSED) return EBADF;
  return advice < 0 || advice > ADVICE_MAX ? EINVAL : ESPIPE;
}

/**
 * Reserves room in a file.
 *
 * - `fd`: descriptor. `offset`, `length`: the range, in bytes.
 *
 * `EBADF`: not open. `ESPIPE`: else, a stream has no ranges.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_allocate
 */
export function fdAllocate(
  ctx: WasiContext,
  fd: number,
  _offset: bigint,
  _length: bigint,
): number {
  return ifOpen(ctx, fd, ESPIPE);
}

/**
 * Writes a file's data to its disk.
 *
 * - `fd`: descriptor.
 *
 * `EBADF`: not open. `EINVAL`: else, as POSIX has it for what is no file.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_datasync
 */
export function fdDatasync(ctx: WasiContext, fd: number): number {
  return ifOpen(ctx, fd, EINVAL);
}

/**
 * Truncates or extends a file.
 *
 * - `fd`: descriptor. `size`: in bytes.
 *
 * `EBADF`: not open. `EINVAL`: else, as POSIX has it for what is no file.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_filestat_set_size
 */
export function fdFilestatSetSize(ctx: WasiContext, fd: number, _size: bigint): number {
  return ifOpen(ctx, fd, EINVAL);
}

/**
 * Sets the times of a file.
 *
 * - `fd`: descriptor. `atime`, `mtime`: in ns. `flags`: which of them.
 *
 * `EBADF`: not open. `ENOSYS`: else, streams keep no times.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_filestat_set_times
 */
export function fdFilestatSetTimes(
  ctx: WasiContext,
  fd: number,
  _atime: bigint,
  _mtime: bigint,
  _flags: number,
): number {
  return ifOpen(ctx, fd, ENOSYS);
}

/**
 * Reads at an offset.
 *
 * - `fd`: descriptor. `iovs`, `iovsLen`: iovecs. `offset`: in bytes. `nread`: pointer to a u32.
 *
 * `EBADF`: not open. `ESPIPE`: else, a stream has no offsets.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_pread
 */
export function fdPread(
  ctx: WasiContext,
  fd: number,
  _iovs: number,
  _iovsLen: number,
  _offset: bigint,
  _nread: number,
): number {
  return ifOpen(ctx, fd, ESPIPE);
}

/**
 * Describes a directory that was opened for the guest. There is none, and this answer is how a C
 * library, which asks for 3, 4, … until it fails, learns that.
 *
 * - `fd`: descriptor. `prestat`: pointer to a prestat of 8 bytes.
 *
 * `EBADF`: always.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_prestat_get
 */
export function fdPrestatGet(_ctx: WasiContext, _fd: number, _prestat: number): number {
  return EBADF;
}

/**
 * Writes the name of a directory that was opened for the guest.
 *
 * - `fd`: descriptor. `path`, `pathLen`: the buffer.
 *
 * `EBADF`: always.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_prestat_dir_name
 */
export function fdPrestatDirName(
  _ctx: WasiContext,
  _fd: number,
  _path: number,
  _pathLen: number,
): number {
  return EBADF;
}

/**
 * Writes at an offset.
 *
 * - `fd`: descriptor. `iovs`, `iovsLen`: ciovecs. `offset`: in bytes. `nwritten`: pointer to a u32.
 *
 * `EBADF`: not open. `ESPIPE`: else, a stream has no offsets.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_pwrite
 */
export function fdPwrite(
  ctx: WasiContext,
  fd: number,
  _iovs: number,
  _iovsLen: number,
  _offset: bigint,
  _nwritten: number,
): number {
  return ifOpen(ctx, fd, ESPIPE);
}

/**
 * Lists a directory.
 *
 * - `fd`: descriptor. `buf`, `bufLen`: the buffer. `cookie`: where to go on. `size`: pointer to a
 *   u32.
 *
 * `EBADF`: not open. `ENOTDIR`: else.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_readdir
 */
export function fdReaddir(
  ctx: WasiContext,
  fd: number,
  _buf: number,
  _bufLen: number,
  _cookie: bigint,
  _size: number,
): number {
  return ifOpen(ctx, fd, ENOTDIR);
}

/**
 * Moves the offset of a file.
 *
 * - `fd`: descriptor. `offset`: in bytes, signed. `whence`: 0–2. `result`: pointer to a u64.
 *
 * `EBADF`: not open. `EINVAL`: unknown whence. `ESPIPE`: else, a stream has no offsets.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_seek
 */
export function fdSeek(
  ctx: WasiContext,
  fd: number,
  _offset: bigint,
  whence: number,
  _result: number,
): number {
  if (streamOf(ctx.state, fd) === CLOSED) return EBADF;
  return whence < 0 || whence > WHENCE_MAX ? EINVAL : ESPIPE;
}

/**
 * Writes a file's data and metadata to its disk.
 *
 * - `fd`: descriptor.
 *
 * `EBADF`: not open. `EINVAL`: else, as POSIX has it for what is no file.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_sync
 */
export function fdSync(ctx: WasiContext, fd: number): number {
  return ifOpen(ctx, fd, EINVAL);
}

/**
 * Writes the offset of a file.
 *
 * - `fd`: descriptor. `result`: pointer to a u64.
 *
 * `EBADF`: not open. `ESPIPE`: else, a stream has no offsets.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#fd_tell
 */
export function fdTell(ctx: WasiContext, fd: number, _result: number): number {
  return ifOpen(ctx, fd, ESPIPE);
}

function ifOpen(ctx: WasiContext, fd: number, errno: number): number {
  return streamOf(ctx.state, fd) === CLOSED ? EBADF : errno;
}
