/**
 * C, with Debian's clang and wasi-libc.
 *
 * @module
 */

import { readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import process from "node:process";
import { run, withFile } from "./run.ts";
import type { Toolchain } from "./toolchain.ts";

const CLANG = "clang-19";

/** Small, fast, and nothing in it of the machine that compiles. */
const FLAGS = [
  "--target=wasm32-wasi",
  "-std=gnu11",
  "-O2",
  "-mbulk-memory",
  "-Wl,--strip-debug", // keeps the names of functions, for the stack of a trap
  // The stack below the data: where it overflows there is a trap, not a variable.
  "-Wl,--stack-first",
];

const NO_MAIN = ["-nostartfiles", "-Wl,--no-entry"];

/** The linker's option for a stack of this many bytes; without it, it is 64 KiB. */
export function stack(bytes: number): string {
  return `-Wl,-z,stack-size=${bytes}`;
}

/** Says what to install for {@linkcode clang}, or nothing if all is there. */
export async function clangMissing(): Promise<string | undefined> {
  try {
    // A program of nothing but a header of the library's needs all four packages.
    await clang(["-include", "stdlib.h", "-x", "c", "/dev/null", ...NO_MAIN], "/");
  } catch {
    return "needs clang and wasi-libc: " +
      "`apt-get install clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32`";
  }
}

/** Names the compiler, and how {@linkcode clang} runs it: to tell whether what it once made is still current. */
export async function clangVersion(): Promise<string> {
  return `${await run(CLANG, ["--version"], "/")}${FLAGS.join(" ")}`;
}

/** Compiles and links a WASI command. `args` name the sources, relative to `folder`, for paths must not get into the module. */
export function clang(args: readonly string[], folder: string): Promise<Uint8Array> {
  return withFile(async (path) => {
    await run(CLANG, [...FLAGS, ...args, "-o", path], folder, { PATH: pathWithoutPackages() });
  });
}

/**
 * The driver runs a wasm-opt that it finds, and `deno task` puts that of the npm package binaryen on the PATH: the bytes would depend
 * on how the build is started. (Where clang 19 is told not to, it does not link either.)
 */
function pathWithoutPackages(): string {
  const entries = (process.env.PATH ?? "").split(delimiter);
  return entries.filter((entry) => !entry.endsWith(join("node_modules", ".bin"))).join(delimiter);
}

/** Compiles the folder's `*.c`. */
export const c: Toolchain = {
  missing: clangMissing,

  async compile(folder) {
    const sources = (await readdir(folder)).filter((name) => name.endsWith(".c")).sort();
    return await clang(["-Wall", "-Wextra", "-Werror", ...sources], folder);
  },
};
