/**
 * Sockets. A guest has no network, so no descriptor is one; no pointer is looked at.
 *
 * @module
 */

import { EBADF, ENOTSOCK } from "./abi.ts";
import { CLOSED, streamOf, type WasiContext } from "./context.ts";

/**
 * Accepts a connection.
 *
 * - `fd`: descriptor. `flags`: fdflags of the new one. `result`: pointer to a u32.
 *
 * `EBADF`: not open. `ENOTSOCK`: else.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#sock_accept
 */
export function sockAccept(ctx: WasiContext, fd: number, _flags: number, _result: number): number {
  return refuse(ctx, fd);
}

/**
 * Receives from a connection.
 *
 * - `fd`: descriptor. `iovs`, `iovsLen`: iovecs. `flags`: riflags. `size`: pointer to a u32.
 * - `outFlags`: pointer to a u16.
 *
 * `EBADF`: not open. `ENOTSOCK`: else.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#sock_recv
 */
export function sockRecv(
  ctx: WasiContext,
  fd: number,
  _iovs: number,
  _iovsLen: number,
  _flags: number,
  _size: number,
  _outFlags: number,
): number {
  return refuse(ctx, fd);
}

/**
 * Sends over a connection.
 *
 * - `fd`: descriptor. `iovs`, `iovsLen`: ciovecs. `flags`: siflags. `size`: pointer to a u32.
 *
 * `EBADF`: not open. `ENOTSOCK`: else.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#sock_send
 */
export function sockSend(
  ctx: WasiContext,
  fd: number,
  _iovs: number,
  _iovsLen: number,
  _flags: number,
  _size: number,
): number {
  return refuse(ctx, fd);
}

/**
 * Shuts a connection down.
 *
 * - `fd`: descriptor. `how`: sdflags, which directions.
 *
 * `EBADF`: not open. `ENOTSOCK`: else.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#sock_shutdown
 */
export function sockShutdown(ctx: WasiContext, fd: number, _how: number): number {
  return refuse(ctx, fd);
}

function refuse(ctx: WasiContext, fd: number): number {
  return streamOf(ctx.state, fd) === CLOSED ? EBADF : ENOTSOCK;
}
