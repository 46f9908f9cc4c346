/**
 * `deno task fuzz [--seconds N] [--lines N] [--modules N] [--seed S]`, under Deno and under Bun at the same time:
 *
 * - `--seconds N`: metered modules must do what raw ones do, for so long (60 s if nothing is asked). Modules that show a bug are
 *   shrunk and put into `tests/crashes/`, where a test replays them.
 * - `--lines N`: plugins whose guests write so many mutated lines must fail as they should, and work afterwards.
 * - `--modules N`: so must plugins whose modules are so many mutated ones.
 *
 * Both runtimes get the same in the same order. Exits 1 if there was a bug.
 *
 * @module
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import type { Line } from "./child.ts";
import type { Progress } from "./contain.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { saveCrash } from "./crashes.ts";
import { ROUND } from "./lines.ts";
import { runChild } from "./run_child.ts";

/** Compares modules in one runtime, with as many children as it takes, and answers how many bugs were found. */
async function compare(runtime: string, seed: number, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000;
  const folder = await mkdtemp(join(tmpdir(), "fuzz-"));
  const file = join(folder, "current.wasm");
  const outcomes = new Map<string, number>();
  let bugs = 0, next = 0;
  for (;;) {
    const left = (until - performance.now()) / 1000;
    if (left <= 0 && next > 0) break;
    const args = [seed, next, left, file].map(String);
    const ended = await runChild(runtime, "child.ts", args, (line: Line) => {
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
  console.log(`${runtime}: ${next} modules: ${show(outcomes)}`);
  return bugs;
}

/** Fuzzes plugins in one runtime until so many lines or modules are done, and answers how many bugs were found. */
async function contain(
  runtime: string,
  kind: "lines" | "modules",
  seed: number,
  count: number,
): Promise<number> {
  const start = performance.now();
  const outcomes = new Map<string, number>();
  let bugs = 0, next = 0, done = 0;
  while (done < count) {
    const args = [kind, seed, next, count - done].map(String);
    const ended = await runChild(runtime, "contain.ts", args, (progress: Progress) => {
      next = progress.next;
      done += progress.done;
      for (const [outcome, calls] of Object.entries(progress.outcomes)) {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + calls);
      }
      bugs += progress.bugs.length;
      for (const bug of progress.bugs) console.log(`${runtime}: ${bug}`);
    });
    if (ended === "done") break;
    console.log(`${runtime}: the runtime ${ended} in the round from call ${next} on`);
    bugs++;
    // Some call of that round is to blame, so the next child begins behind it.
    next += ROUND;
  }
  const rate = Math.round(done / (performance.now() - start) * 1000);
  console.log(`${runtime}: ${done} ${kind}, ${rate}/s, in ${next} calls: ${show(outcomes)}`);
  return bugs;
}

function show(outcomes: ReadonlyMap<string, number>): string {
  return [...outcomes].sort().map(([outcome, count]) => `${count} ${outcome}`).join(", ");
}

const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    lines: { type: "string" },
    modules: { type: "string" },
    seed: { type: "string", default: `${Math.floor(Math.random() * 2 ** 31)}` },
  },
});
const seed = Number(values.seed), lines = Number(values.lines ?? 0);
const modules = Number(values.modules ?? 0);
const seconds = Number(values.seconds ?? (lines + modules > 0 ? 0 : 60));
if (!Number.isSafeInteger(seed) || !(seconds >= 0 && lines >= 0 && modules >= 0)) {
  console.error(
    "usage: deno task fuzz [--seconds N] [--lines N] [--modules N] [--seed S], where S is an integer",
  );
  process.exit(2);
}
console.log(`seed ${seed}`);
let bugs = 0;
for (
  const [amount, run] of [
    [lines, (runtime: string) => contain(runtime, "lines", seed, lines)],
    [modules, (runtime: string) => contain(runtime, "modules", seed, modules)],
    [seconds, (runtime: string) => compare(runtime, seed, seconds)],
  ] as const
) {
  if (amount === 0) continue;
  const found = await Promise.all(Object.keys(RUNTIMES).map(run));
  bugs += found.reduce((sum, count) => sum + count);
}
console.log(`${bugs} bugs found`);
process.exit(bugs > 0 ? 1 : 0);
