/**
 * `deno task fuzz [--seconds N] [--seed S]`: metered modules must do what raw ones do, under Deno and under Bun.
 *
 * Both fuzz at the same time, the same modules in the same order. Modules that show a bug are shrunk and put into
 * `tests/crashes/`, where a test replays them. Exits 1 if there were any.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Line } from "./child.ts";
import { saveCrash } from "./crashes.ts";

const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  Deno: [process.execPath, "run", "-A", "--no-check"],
  Bun: ["npx", "--yes", "bun@1.4.5", "run"],
};
const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));
/** How long a child may be silent, in ms, before it counts as hanging. */
const SILENCE = 60_000;

/** Fuzzes in one runtime, with as many children as it takes, and answers how many bugs were found. */
async function fuzz(runtime: string, seed: number, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000;
  const folder = await mkdtemp(join(tmpdir(), "fuzz-"));
  const file = join(folder, "current.wasm");
  const outcomes = new Map<string, number>();
  let bugs = 0, next = 0;
  for (;;) {
    const left = (until - performance.now()) / 1000;
    if (left <= 0 && next > 0) break;
    const args = [seed, next, left, file].map(String);
    const ended = await runChild(runtime, args, (line) => {
      next = line.number + 1;
      outcomes.set(line.outcome, (outcomes.get(line.outcome) ?? 0) + 1);
      if (line.crash === undefined) return;
      bugs++;
      console.log(`${runtime}: ${line.crash.file} (module ${line.number}): ${line.crash.problem}`);
    });
    if (ended === "done") break;
    const name = await saveCrash(`${runtime} ${ended}`, await readFile(file));
    console.log(`${runtime}: ${name} (module ${next}): the runtime ${ended}`);
    bugs++;
    next++;
  }
  await rm(folder, { recursive: true });
  const counts = [...outcomes].sort().map(([outcome, count]) => `${count} ${outcome}`);
  console.log(`${runtime}: ${next} modules: ${counts.join(", ")}`);
  return bugs;
}

/** Runs a child to its end, or until it hangs. */
async function runChild(
  runtime: string,
  args: readonly string[],
  onLine: (line: Line) => void,
): Promise<"done" | "hangs" | "crashes"> {
  const [command, ...options] = RUNTIMES[runtime];
  const child = spawn(command, [...options, CHILD, ...args], {
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

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: `${Math.floor(Math.random() * 2 ** 31)}` },
  },
});
const seed = Number(values.seed), seconds = Number(values.seconds);
if (!Number.isSafeInteger(seed) || !(seconds > 0)) {
  console.error("usage: deno task fuzz [--seconds N] [--seed S], where S is an integer");
  process.exit(2);
}
console.log(`seed ${seed}, ${seconds} s`);
const found = await Promise.all(Object.keys(RUNTIMES).map((it) => fuzz(it, seed, seconds)));
const bugs = found.reduce((sum, count) => sum + count);
console.log(`${bugs} bugs found`);
process.exit(bugs > 0 ? 1 : 0);
