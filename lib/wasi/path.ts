/**
 * Paths. A guest has no file system, so all of these are refused, whatever the descriptor, the path
 * and the pointers are: none is looked at. Each refusal is recorded, as it tells whoever reads the
 * report what a plugin would like to have.
 *
 * @module
 */

import { ENOTCAPABLE } from "./abi.ts";
import type { WasiContext } from "./context.ts";

/**
 * The handler of the path function called `name`.
 *
 * `ENOTCAPABLE`: always.
 *
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_create_directory
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_filestat_get
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_filestat_set_times
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_link
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_open
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_readlink
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_remove_directory
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_rename
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_symlink
 * - https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#path_unlink_file
 */
export function refusePath(name: string): (ctx: WasiContext) => number {
  return (ctx) => {
    ctx.deny(name);
    return ENOTCAPABLE;
  };
}
