/**
 * WebAssembly text, with the npm package wabt.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import type { Toolchain } from "./toolchain.ts";

/** Assembles the file that is called as the module is, with its names. */
export const wat: Toolchain = {
  async missing() {
    try {
      await import("wabt");
    } catch {
      return "needs the npm package wabt: `deno install`";
    }
  },

  async compile(folder, name) {
    const file = `${name}.wat`;
    const { default: initWabt } = await import("wabt");
    const module = (await initWabt()).parseWat(file, await readFile(folder + file));
    try {
      module.validate();
      return module.toBinary({ write_debug_names: true }).buffer;
    } finally {
      module.destroy();
    }
  },
};
