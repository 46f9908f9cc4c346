/**
 * AssemblyScript, from the npm package.
 *
 * @module
 */

import { oneSegment } from "./one_segment.ts";
import type { Toolchain } from "./toolchain.ts";

/** Runs asc on the folder's `asconfig.json`, and joins the data segments. */
export const assemblyScript: Toolchain = {
  async missing() {
    try {
      await import("assemblyscript/asc");
    } catch {
      return "needs the npm package assemblyscript: `deno install`";
    }
  },

  async compile(folder) {
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
  },
};
