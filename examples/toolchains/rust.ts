/**
 * Rust, with Debian's compiler, the sources of its standard library and wasi-libc.
 *
 * @module
 */

import { access, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";
import type { Toolchain } from "./toolchain.ts";

// By full path: a rustup that comes first in PATH has no sources to build std from.
const CARGO = "/usr/bin/cargo";
const RUSTC = "/usr/bin/rustc";
const LINKER = "/usr/bin/wasm-ld-19";
const LIBC = "/usr/lib/wasm32-wasi";
const TARGET = "wasm32-wasip1";

/** What is needed, each with a file of its. */
const PACKAGES = [
  { name: "cargo-web", file: CARGO },
  { name: "rustc-web", file: RUSTC },
  { name: "rust-web-src", file: "/usr/lib/rustlib/src/rust/library/Cargo.lock" },
  { name: "lld-19", file: LINKER },
  { name: "wasi-libc", file: `${LIBC}/crt1-command.o` },
];

/** Where all crates are built, so that std is compiled once and not for each. */
const BUILD = fileURLToPath(new URL("../plugins/rust/target", import.meta.url));

const RUSTFLAGS = [
  `-Clinker=${LINKER}`,
  "-Clink-self-contained=no",
  `-L${LIBC}`,
  `-Clink-arg=${LIBC}/crt1-command.o`,
  // Not the usual 1 MiB: all of the memory is zeroed for every call.
  "-Clink-args=-z stack-size=262144",
];

const ENVIRONMENT = {
  CARGO_ENCODED_RUSTFLAGS: RUSTFLAGS.join("\x1f"),
  CARGO_TARGET_DIR: BUILD,
  RUSTC,
  // Lets this compiler take the -Z options: Debian has no std for the target, so it is built here.
  RUSTC_BOOTSTRAP: "1",
};

const OPTIONS = [
  "--locked",
  "--quiet",
  "--release",
  `--target=${TARGET}`,
  "-Zbuild-std=std,panic_abort",
  "-Zbuild-std-features=", // without backtraces, which find nothing in a wasm module
  "-Ztrim-paths",
  '--config=profile.release.trim-paths="all"',
];

/** Runs cargo on the folder's crate, for its binary called as the module is. Versions are those of its `Cargo.lock`. */
export const rust: Toolchain = {
  async missing() {
    const found = await Promise.all(PACKAGES.map(({ file }) => exists(file)));
    const names = PACKAGES.filter((_, i) => !found[i]).map(({ name }) => name);
    if (names.length > 0) return `needs Debian's Rust: \`apt-get install ${names.join(" ")}\``;
  },

  async compile(folder, name) {
    const variables = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
    await run("env", [...variables, CARGO, "build", ...OPTIONS, `--bin=${name}`], folder);
    return await readFile(`${BUILD}/${TARGET}/release/${name}.wasm`);
  },
};

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
