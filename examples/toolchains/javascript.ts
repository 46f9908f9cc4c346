/**
 * JavaScript: QuickJS-NG compiled to a WASI command, run once on the plugin's scripts.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { clang, clangMissing, clangVersion, stack } from "./c.ts";
import { run } from "./run.ts";
import { snapshot } from "./snapshot.ts";
import type { Toolchain } from "./toolchain.ts";

/** Debian's, for a rustup that comes first in `PATH` may have no toolchain. */
const CARGO = "/usr/bin/cargo";
const CARGO_MISSING =
  "needs cargo, which fetches the engine's sources: `apt-get install cargo-web`";

/** The crate that brings QuickJS-NG's sources, and those that make up the engine. */
const CRATE = "rquickjs-sys";
const SOURCES = ["libregexp.c", "libunicode.c", "dtoa.c"];

/** The script that is evaluated; the others are there to be imported. */
const MAIN = "plugin.js";

/** Bytes of stack: as much as QuickJS takes for a JavaScript recursion of about 1,000 levels. */
const STACK = 512 * 1024;
/** Bytes of memory at the start: what a call takes, or its memory would grow, and could not be used again. */
const MEMORY = 1024 * 1024;

const OPTIONS = [
  "-I.",
  ...SOURCES,
  "-D_GNU_SOURCE",
  "-DNDEBUG",
  "-funsigned-char",
  "-w",
  stack(STACK),
  `-Wl,--initial-memory=${MEMORY}`,
];

/** Has the engine evaluate the folder's `plugin.js`, with its other `*.js`, and keeps the engine's memory. */
export const javaScript: Toolchain = {
  async missing() {
    const cargo = await run(CARGO, ["--version"], "/").then(() => undefined, () => CARGO_MISSING);
    return await clangMissing() ?? cargo;
  },

  async compile(folder) {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".js") && name !== MAIN);
    const scripts = await Promise.all(
      [MAIN, ...names.sort()].map(async (name) =>
        `${name}\0${await readFile(folder + name, "utf8")}\0`
      ),
    );
    const stdin = new TextEncoder().encode(scripts.join(""));
    return await snapshot(await engine(folder), { stdin, from: STACK });
  },
};

/** The engine, out of `build/` if it is there: to compile it takes 20 s, to run it on new scripts a few ms. */
async function engine(folder: string): Promise<Uint8Array> {
  const path = `${folder}build/engine-${await key(folder)}.wasm`;
  try {
    return await readFile(path);
  } catch {
    const wasm = await compileEngine(`${folder}engine/`);
    await mkdir(`${folder}build`, { recursive: true });
    await writeFile(`${path}.${process.pid}`, wasm);
    await rename(`${path}.${process.pid}`, path);
    return wasm;
  }
}

/** A digest of the compiler, its options and the sources. */
async function key(folder: string): Promise<string> {
  const hash = createHash("sha256").update(await clangVersion()).update(OPTIONS.join(" "));
  for (const name of ["engine.c", "Cargo.lock"]) {
    hash.update(await readFile(`${folder}engine/${name}`));
  }
  return hash.digest("hex").slice(0, 16);
}

async function compileEngine(folder: string): Promise<Uint8Array> {
  // Fetches the crate if it is not on this machine, and compares its checksum with Cargo.lock.
  const metadata = JSON.parse(
    await run(CARGO, ["metadata", "--format-version", "1", "--locked"], folder),
  ) as { packages: { name: string; manifest_path: string }[] };
  const { manifest_path } = metadata.packages.find(({ name }) => name === CRATE)!;
  const sources = `${dirname(manifest_path)}/quickjs`;
  return await clang([`${folder}engine.c`, ...OPTIONS], sources);
}
