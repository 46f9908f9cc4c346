import process from "node:process";

/** The Bun that npx brings. */
export const BUN: string = "bun@1.4.5";

/** By name: how a runtime runs a file, in a process that can ask for a garbage collection. */
export const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  deno: [process.execPath, "run", "-A", "--v8-flags=--expose-gc"],
  bun: ["npx", "--yes", BUN, "run"],
};
