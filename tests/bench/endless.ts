// Apart from bench.ts: what it takes to read a .wat makes a heap that every collection in a bench has to look at.
import { readFile } from "node:fs/promises";
import { loadPlugin, type Plugin } from "../../mod.ts";
import { wat } from "../support/wat.ts";

/** A plugin whose guests loop for ever, so many at a time. */
export async function endlessPlugin(concurrency = 1): Promise<Plugin> {
  const text = await readFile(new URL("endless.wat", import.meta.url), "utf8");
  return await loadPlugin({ name: "endless", limits: { concurrency } }, { wasm: await wat(text) });
}
