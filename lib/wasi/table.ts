/**
 * The one list of WASI functions.
 *
 * @module
 */

import { argsGet, argsSizesGet, environGet, environSizesGet } from "./args.ts";
import { clockResGet, clockTimeGet } from "./clock.ts";
import type { WasiContext, WasiHandler } from "./context.ts";
import * as fd from "./fd.ts";
import * as file from "./file.ts";
import { fdRead, fdWrite } from "./io.ts";
import { refusePath } from "./path.ts";
import { pollOneoff } from "./poll.ts";
import { procExit, procRaise, schedYield } from "./proc.ts";
import { randomGet } from "./random.ts";
import { sockAccept, sockRecv, sockSend, sockShutdown } from "./sock.ts";

/** A value type in a WASI signature. */
export type WasiType = "i32" | "i64";

/** One function of `wasi_snapshot_preview1`. */
export interface WasiFunction {
  /** The name that a guest imports. */
  readonly name: string;
  /** Types of its parameters. */
  readonly params: readonly WasiType[];
  /** An errno, or nothing for `proc_exit`. */
  readonly results: readonly ["i32"] | readonly [];
  /** What it does. The answer of `proc_exit`'s handler is for the caller, not for the guest. */
  readonly handler: WasiHandler;
}

type Values<T extends readonly WasiType[]> = {
  [K in keyof T]: T[K] extends "i64" ? bigint : number;
};

/** Makes sure, when this is compiled, that a handler's parameters are those of its signature. */
function entry<const T extends readonly WasiType[]>(
  name: string,
  params: T,
  handler: (ctx: WasiContext, ...args: Values<T>) => number,
  results: WasiFunction["results"] = ["i32"],
): WasiFunction {
  return { name, params, results, handler: handler as WasiHandler };
}

/** A path function: refused, whatever its parameters. */
function path(name: string, params: readonly WasiType[]): WasiFunction {
  return entry(name, params, refusePath(name));
}

/**
 * All 46 functions of `wasi_snapshot_preview1`, in the order of the specification:
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/witx/wasi_snapshot_preview1.witx
 */
export const WASI_FUNCTIONS: readonly WasiFunction[] = [
  entry("args_get", ["i32", "i32"], argsGet),
  entry("args_sizes_get", ["i32", "i32"], argsSizesGet),
  entry("environ_get", ["i32", "i32"], environGet),
  entry("environ_sizes_get", ["i32", "i32"], environSizesGet),
  entry("clock_res_get", ["i32", "i32"], clockResGet),
  entry("clock_time_get", ["i32", "i64", "i32"], clockTimeGet),
  entry("fd_advise", ["i32", "i64", "i64", "i32"], file.fdAdvise),
  entry("fd_allocate", ["i32", "i64", "i64"], file.fdAllocate),
  entry("fd_close", ["i32"], fd.fdClose),
  entry("fd_datasync", ["i32"], file.fdDatasync),
  entry("fd_fdstat_get", ["i32", "i32"], fd.fdFdstatGet),
  entry("fd_fdstat_set_flags", ["i32", "i32"], fd.fdFdstatSetFlags),
  entry("fd_fdstat_set_rights", ["i32", "i64", "i64"], fd.fdFdstatSetRights),
  entry("fd_filestat_get", ["i32", "i32"], fd.fdFilestatGet),
  entry("fd_filestat_set_size", ["i32", "i64"], file.fdFilestatSetSize),
  entry("fd_filestat_set_times", ["i32", "i64", "i64", "i32"], file.fdFilestatSetTimes),
  entry("fd_pread", ["i32", "i32", "i32", "i64", "i32"], file.fdPread),
  entry("fd_prestat_get", ["i32", "i32"], file.fdPrestatGet),
  entry("fd_prestat_dir_name", ["i32", "i32", "i32"], file.fdPrestatDirName),
  entry("fd_pwrite", ["i32", "i32", "i32", "i64", "i32"], file.fdPwrite),
  entry("fd_read", ["i32", "i32", "i32", "i32"], fdRead),
  entry("fd_readdir", ["i32", "i32", "i32", "i64", "i32"], file.fdReaddir),
  entry("fd_renumber", ["i32", "i32"], fd.fdRenumber),
  entry("fd_seek", ["i32", "i64", "i32", "i32"], file.fdSeek),
  entry("fd_sync", ["i32"], file.fdSync),
  entry("fd_tell", ["i32", "i32"], file.fdTell),
  entry("fd_write", ["i32", "i32", "i32", "i32"], fdWrite),
  path("path_create_directory", ["i32", "i32", "i32"]),
  path("path_filestat_get", ["i32", "i32", "i32", "i32", "i32"]),
  path("path_filestat_set_times", ["i32", "i32", "i32", "i32", "i64", "i64", "i32"]),
  path("path_link", ["i32", "i32", "i32", "i32", "i32", "i32", "i32"]),
  path("path_open", ["i32", "i32", "i32", "i32", "i32", "i64", "i64", "i32", "i32"]),
  path("path_readlink", ["i32", "i32", "i32", "i32", "i32", "i32"]),
  path("path_remove_directory", ["i32", "i32", "i32"]),
  path("path_rename", ["i32", "i32", "i32", "i32", "i32", "i32"]),
  path("path_symlink", ["i32", "i32", "i32", "i32", "i32"]),
  path("path_unlink_file", ["i32", "i32", "i32"]),
  entry("poll_oneoff", ["i32", "i32", "i32", "i32"], pollOneoff),
  entry("proc_exit", ["i32"], procExit, []),
  entry("proc_raise", ["i32"], procRaise),
  entry("sched_yield", [], schedYield),
  entry("random_get", ["i32", "i32"], randomGet),
  entry("sock_accept", ["i32", "i32", "i32"], sockAccept),
  entry("sock_recv", ["i32", "i32", "i32", "i32", "i32", "i32"], sockRecv),
  entry("sock_send", ["i32", "i32", "i32", "i32", "i32"], sockSend),
  entry("sock_shutdown", ["i32", "i32"], sockShutdown),
];
