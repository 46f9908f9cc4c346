/**
 * Children that fuzz, each in a runtime of its own: it may crash or hang.
 *
 * @module
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { RUNTIMES } from "../support/runtimes.ts";

/** How long a child may be silent, in ms, before it counts as hanging. */
const SILENCE = 60_000;

/** Runs a file of this folder to its end, or until it hangs; `onLine` gets the JSON that it prints, a line at a time. */
export async function runChild<T>(
  runtime: string,
  file: string,
  args: readonly string[],
  onLine: (line: T) => void,
): Promise<"done" | "hangs" | "crashes"> {
  const [command, ...options] = RUNTIMES[runtime];
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(command, [...options, path, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  let errors = "";
  child.stderr.on("data", (chunk) => errors = (errors + chunk).slice(-2_000));
  let hangs = false;
  // The runtime may be a child of npx, so the whole group has to go.
  const watch = () =>
    setTimeout(() => {
      hangs = true;
      process.kill(-child.pid!, "SIGKILL");
    }, SILENCE);
  let timer = watch();
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    timer = watch();
    onLine(JSON.parse(line));
  }
  const code = await ended;
  clearTimeout(timer);
  if (hangs || code === 0) return hangs ? "hangs" : "done";
  console.log(errors);
  return "crashes";
}
