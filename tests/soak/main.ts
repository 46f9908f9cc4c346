/**
 * Soaks Deno and then Bun: `deno task soak [--calls N]`. Each runs in a process of its own; if one fails, so does this.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureTestPlugin } from "../../examples/build.ts";
import { RUNTIMES } from "../support/runtimes.ts";

const CALLS = "20000";

const { values } = parseArgs({ options: { calls: { type: "string", default: CALLS } } });
if (!(Number(values.calls) >= 1)) {
  console.error("--calls wants a number");
  process.exit(2);
}
await ensureTestPlugin();
const script = fileURLToPath(new URL("run.ts", import.meta.url));
for (const [command, ...args] of Object.values(RUNTIMES)) {
  const { status } = spawnSync(command, [...args, script, values.calls], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
