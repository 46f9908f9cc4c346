/**
 * Builds the example plugins: `deno task build`. {@linkcode PLUGINS} has a row for each.
 *
 * @module
 */

import { mkdir, readdir, rename, stat, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { oneSegment } from "./one_segment.ts";

/** An example plugin: a folder in `examples/plugins/`, and how to make `build/<name>.wasm` in it. */
export interface Plugin {
  /** The folder's name. */
  readonly name: string;
  /** Says what to install when the plugin cannot be built on this machine; `undefined` when it can. */
  readonly missing: () => Promise<string | undefined>;
  /** Compiles the sources in `folder`, which ends with "/": the same sources to the same bytes. */
  readonly compile: (folder: string) => Promise<Uint8Array>;
}

/** What became of one plugin. */
export interface Outcome {
  /** The plugin's name. */
  readonly name: string;
  /** Path of the wasm file. */
  readonly path: string;
  /** `current`: the file was there and newer than its sources. `skipped`: the toolchain is missing. */
  readonly outcome: "built" | "current" | "skipped";
  /** The file's bytes, or why it was skipped. */
  readonly note: string;
}

/** The example plugins. */
export const PLUGINS: readonly Plugin[] = [
  { name: "test-plugin", missing: missingAssemblyScript, compile: compileAssemblyScript },
];

const FOLDER = fileURLToPath(new URL("./plugins/", import.meta.url));
/** What decides the bytes of every wasm file, besides the sources: the versions of the compilers, and how they are run. */
const SHARED = ["../deno.json", "./build.ts", "./one_segment.ts"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url))
);

/** Builds every plugin whose toolchain is here; with `stale`, only those whose wasm is missing or older than its sources. */
export async function buildAll({ stale = false } = {}): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const plugin of PLUGINS) outcomes.push(await build(plugin, stale));
  return outcomes;
}

/** Builds the test plugin if it is missing or older than its sources. */
export async function ensureTestPlugin(): Promise<void> {
  const { outcome, note } = await build(PLUGINS[0], true);
  if (outcome === "skipped") throw new Error(`Cannot build the test plugin: ${note}`);
}

async function build({ name, missing, compile }: Plugin, stale: boolean): Promise<Outcome> {
  const folder = `${FOLDER}${name}/`;
  const path = `${folder}build/${name}.wasm`;
  if (stale && await modified(path) > await newest(folder)) {
    return { name, path, outcome: "current", note: "" };
  }
  const reason = await missing();
  if (reason) return { name, path, outcome: "skipped", note: reason };
  const wasm = await compile(folder);
  await mkdir(`${folder}build`, { recursive: true });
  // Renamed into place, so that whoever reads meanwhile sees the old file or the new one, whole.
  await writeFile(`${path}.${process.pid}`, wasm);
  await rename(`${path}.${process.pid}`, path);
  return { name, path, outcome: "built", note: `${wasm.length} bytes` };
}

/** When the last of a plugin's sources changed, in ms since the epoch. */
async function newest(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sources = names.filter((name) => !/^(build|target)\b/.test(name));
  const times = [...sources.map((name) => folder + name), ...SHARED].map(modified);
  return Math.max(...await Promise.all(times));
}

/** When a file changed last, in ms since the epoch; 0 when there is none. */
async function modified(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

async function missingAssemblyScript(): Promise<string | undefined> {
  try {
    await import("assemblyscript/asc");
  } catch {
    return "needs the npm package assemblyscript: `deno install`";
  }
}

/** Runs asc on the folder's `asconfig.json`. */
async function compileAssemblyScript(folder: string): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc");
  let wasm: Uint8Array | undefined;
  const stderr = asc.createMemoryStream();
  const { error } = await asc.main(["--config", "asconfig.json", "--baseDir", folder], {
    stderr,
    writeFile(_name, contents) {
      if (typeof contents !== "string") wasm = contents;
    },
  });
  if (error || !wasm) throw new Error(`asc failed in ${folder}\n${stderr.toString()}`);
  return oneSegment(wasm);
}

if (import.meta.main) {
  for (const { name, outcome, note } of await buildAll()) {
    console.log(`${outcome} ${name}: ${note}`);
  }
}
