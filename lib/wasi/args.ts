/**
 * Arguments and environment. Both come from the manifest and the caller, so their size is bounded
 * before a guest exists; only the pointers are the guest's.
 *
 * @module
 */

import { SUCCESS } from "./abi.ts";
import type { WasiContext } from "./context.ts";
import type { GuestMemory } from "./memory.ts";

/**
 * Writes the arguments and a table of pointers to them.
 *
 * - `argv`: pointer to as many u32 pointers as there are arguments.
 * - `argvBuf`: pointer to the bytes, each argument with its NUL, one after another.
 *
 * `EFAULT`: table or bytes do not fit the memory; nothing is written then.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#args_get
 */
export function argsGet(ctx: WasiContext, argv: number, argvBuf: number): number {
  return writeStrings(ctx.memory, ctx.args, argv >>> 0, argvBuf >>> 0);
}

/**
 * Writes how many arguments there are and how many bytes they take, NULs included.
 *
 * - `argc`: pointer to a u32, the count.
 * - `argvBufSize`: pointer to a u32, the bytes.
 *
 * `EFAULT`: a pointer outside the memory; nothing is written then.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#args_sizes_get
 */
export function argsSizesGet(ctx: WasiContext, argc: number, argvBufSize: number): number {
  return writeSizes(ctx.memory, ctx.args, argc >>> 0, argvBufSize >>> 0);
}

/**
 * Writes the environment as `KEY=VALUE` strings and a table of pointers to them.
 *
 * - `environ`: pointer to as many u32 pointers as there are variables.
 * - `environBuf`: pointer to the bytes, each variable with its NUL, one after another.
 *
 * `EFAULT`: table or bytes do not fit the memory; nothing is written then.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#environ_get
 */
export function environGet(ctx: WasiContext, environ: number, environBuf: number): number {
  return writeStrings(ctx.memory, ctx.env, environ >>> 0, environBuf >>> 0);
}

/**
 * Writes how many variables there are and how many bytes they take, NULs included.
 *
 * - `count`: pointer to a u32, the count.
 * - `bufSize`: pointer to a u32, the bytes.
 *
 * `EFAULT`: a pointer outside the memory; nothing is written then.
 *
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#environ_sizes_get
 */
export function environSizesGet(ctx: WasiContext, count: number, bufSize: number): number {
  return writeSizes(ctx.memory, ctx.env, count >>> 0, bufSize >>> 0);
}

function writeStrings(
  memory: GuestMemory,
  strings: readonly Uint8Array[],
  table: number,
  buffer: number,
): number {
  memory.check(table, strings.length * 4);
  memory.check(buffer, byteLength(strings));
  for (const string of strings) {
    memory.setU32(table, buffer);
    memory.set(buffer, string);
    table += 4;
    buffer += string.length;
  }
  return SUCCESS;
}

function writeSizes(
  memory: GuestMemory,
  strings: readonly Uint8Array[],
  count: number,
  size: number,
): number {
  memory.check(size, 4);
  memory.setU32(count, strings.length);
  memory.setU32(size, byteLength(strings));
  return SUCCESS;
}

function byteLength(strings: readonly Uint8Array[]): number {
  let total = 0;
  for (const string of strings) total += string.length;
  return total;
}
