/**
 * Builds the example plugins: `deno task build`. {@linkcode PLUGINS} has a row for each.
 *
 * @module
 */

import { mkdir, readdir, rename, stat, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assemblyScript } from "./toolchains/assemblyscript.ts";
import { c } from "./toolchains/c.ts";
import { go } from "./toolchains/go.ts";
import { javaScript } from "./toolchains/javascript.ts";
import { python, writePythonManifest } from "./toolchains/python.ts";
import { rust } from "./toolchains/rust.ts";
import type { Toolchain } from "./toolchains/toolchain.ts";
import { wat } from "./toolchains/wat.ts";

/** An example plugin: a module that `deno task build` makes. */
export interface Plugin {
  /** The module's name: it is written to `build/<name>.wasm` in the folder. */
  readonly name: string;
  /** The folder in `examples/plugins/` with the sources, if it is not called as the module is. */
  readonly folder?: string;
  /** Folders in `examples/plugins/` that hold more of its sources: its kit. */
  readonly kits?: readonly string[];
  /** What compiles it. */
  readonly toolchain: Toolchain;
}

/** What became of one plugin. */
export interface Outcome {
  /** The plugin's name. */
  readonly name: string;
  /** Path of the wasm file. */
  readonly path: string;
  /** `current`: the file was there and newer than its sources. `skipped`: the toolchain is missing. `failed`: it did not compile. */
  readonly outcome: "built" | "current" | "skipped" | "failed";
  /** The file's bytes, why it was skipped, or how it failed. */
  readonly note: string;
}

/** The example plugins. */
export const PLUGINS: readonly Plugin[] = [
  { name: "test-plugin", kits: ["assemblyscript/kit"], toolchain: assemblyScript },
  { name: "rust", toolchain: rust },
  { name: "rust-upstream", toolchain: rust },
  { name: "rust-upstream-async", folder: "rust-upstream", toolchain: rust },
  { name: "go", toolchain: go },
  { name: "c", toolchain: c },
  { name: "javascript", toolchain: javaScript },
  { name: "python", toolchain: python },
  { name: "wat", toolchain: wat },
];

const FOLDER = fileURLToPath(new URL("./plugins/", import.meta.url));
const TOOLCHAINS = fileURLToPath(new URL("./toolchains/", import.meta.url));
const VERSIONS = fileURLToPath(new URL("../deno.json", import.meta.url));

/** Builds every plugin whose toolchain is here; with `stale`, only those whose wasm is missing or older than its sources. */
export async function buildAll({ stale = false } = {}): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const plugin of PLUGINS) outcomes.push(await build(plugin, stale));
  return outcomes;
}

/** Builds the test plugin if it is missing or older than its sources. */
export async function ensureTestPlugin(): Promise<void> {
  const { outcome, note } = await build(PLUGINS[0], true);
  if (outcome === "skipped" || outcome === "failed") {
    throw new Error(`Cannot build the test plugin: ${note}`);
  }
}

async function build({ name, toolchain, ...row }: Plugin, stale: boolean): Promise<Outcome> {
  const folder = `${FOLDER}${row.folder ?? name}/`;
  const path = `${folder}build/${name}.wasm`;
  const kits = row.kits?.map((kit) => `${FOLDER}${kit}/`) ?? [];
  if (stale && await modified(path) > await newest([folder, TOOLCHAINS, ...kits])) {
    return { name, path, outcome: "current", note: "" };
  }
  const reason = await toolchain.missing();
  if (reason) return { name, path, outcome: "skipped", note: reason };
  let wasm: Uint8Array;
  try {
    wasm = await toolchain.compile(folder, name);
  } catch (error) {
    return { name, path, outcome: "failed", note: (error as Error).message };
  }
  await mkdir(`${folder}build`, { recursive: true });
  // Renamed into place, so that whoever reads meanwhile sees the old file or the new one, whole.
  await writeFile(`${path}.${process.pid}`, wasm);
  await rename(`${path}.${process.pid}`, path);
  return { name, path, outcome: "built", note: `${wasm.length} bytes` };
}

/** When the last of what decides a plugin's bytes changed, in ms since the epoch: sources, how they are compiled, versions. */
async function newest(folders: readonly string[]): Promise<number> {
  const paths = [...(await Promise.all(folders.map(filesIn))).flat(), VERSIONS];
  return Math.max(...await Promise.all(paths.map(modified)));
}

/** What is in a folder and below, but for what builds leave there. */
async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => !/^(build|target)\b/.test(name)).map((name) => folder + name);
}

/** When a file changed last, in ms since the epoch; 0 when there is none. */
async function modified(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

if (import.meta.main) {
  await writePythonManifest();
  for (const { name, outcome, note } of await buildAll()) {
    console.log(`${outcome} ${name}: ${note}`);
    if (outcome === "failed") process.exitCode = 1;
  }
}
