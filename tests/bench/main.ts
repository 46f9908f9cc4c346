/**
 * Measures under Deno and then under Bun: `deno task bench [NAMES…] [--json | --markdown]`.
 *
 * Each bench has a process of its own in each runtime, so that none finds another's garbage. Exits
 * 1 when a bench fails or a figure that must be equal is not; a bound that is not met is only shown.
 *
 * @module
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureTestPlugin } from "../../examples/build.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import type { Row } from "./bench.ts";
import { markdownTable } from "./markdown.ts";

/** Each is a file of this folder. */
const BENCHES = ["calls", "fuel", "guests", "idle", "limits", "loop", "meter"];

/** Where figures go: `row` as each comes, `rows` when all runtimes have measured the same, `bench` when they have measured all. */
interface Output {
  row?(bench: string, runtime: string, row: Row): void;
  rows?(bench: string, rows: readonly Row[]): void;
  bench?(figures: Iterable<readonly Row[]>): void;
}

const LINES: Output = {
  row: (bench, runtime, { name, value, unit }) =>
    console.log(JSON.stringify({ bench: `${bench}.${name}`, runtime, value, unit })),
  rows(bench, rows) {
    const { name, unit, exact } = rows[0];
    if (exact) this.row?.(bench, "all", { name: `${name}_difference`, value: spread(rows), unit });
  },
};

const TABLE: Output = {
  rows(bench, rows) {
    const { name, unit, exact } = rows[0];
    const values = rows.map(({ value }) => exact ? `${value}` : value.toFixed(2));
    printRow(`${bench}.${name}`, values, unit, verdict(rows));
  },
};

const MARKDOWN: Output = { bench: (figures) => console.log(markdownTable(figures)) };

/** What the figures must be, in each runtime, and whether they are not. */
function verdict(rows: readonly Row[]): string {
  const { exact } = rows[0];
  const bounds = exact ? "equal" : [...new Set(rows.map(describeBounds))].join(", ");
  const met = exact ? spread(rows) === 0 : rows.every(isWithinBounds);
  return bounds + (met ? "" : ": NOT MET");
}

function isWithinBounds({ value, atMost = Infinity, atLeast = -Infinity }: Row): boolean {
  return value <= atMost && value >= atLeast;
}

function describeBounds({ atMost, atLeast }: Row): string {
  return (atMost === undefined ? "" : `≤ ${atMost}`) +
    (atLeast === undefined ? "" : `≥ ${atLeast}`);
}

function printRow(name: string, values: readonly string[], unit: string, bound: string): void {
  const figures = values.map((value) => value.padStart(14)).join("");
  console.log(`${name.padEnd(36)}${figures}  ${unit.padEnd(6)}  ${bound}`.trimEnd());
}

/** The difference between the largest value and the smallest. */
function spread(rows: readonly Row[]): number {
  const values = rows.map(({ value }) => value);
  return Math.max(...values) - Math.min(...values);
}

/** Runs a bench in a runtime, and hands over its rows as they come. */
async function* measure(bench: string, runtime: string): AsyncGenerator<Row> {
  const [command, ...args] = RUNTIMES[runtime];
  const script = fileURLToPath(new URL("run.ts", import.meta.url));
  const child = spawn(command, [...args, script, bench], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
  const exitCode = await ended;
  if (exitCode !== 0) throw new Error(`${bench} exited with ${exitCode} under ${runtime}`);
}

/** Runs benches in all runtimes, and answers whether what must be equal is. */
async function compare(benches: readonly string[], output: Output): Promise<boolean> {
  let equal = true;
  for (const bench of benches) {
    const byName = new Map<string, Row[]>();
    for (const runtime of Object.keys(RUNTIMES)) {
      for await (const row of measure(bench, runtime)) {
        output.row?.(bench, runtime, row);
        byName.set(row.name, [...byName.get(row.name) ?? [], row]);
      }
    }
    for (const rows of byName.values()) {
      output.rows?.(bench, rows);
      if (rows[0].exact) equal &&= spread(rows) === 0;
    }
    output.bench?.(byName.values());
  }
  return equal;
}

const { values: { json, markdown }, positionals } = parseArgs({
  options: { json: { type: "boolean" }, markdown: { type: "boolean" } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !BENCHES.includes(name));
if (unknown.length > 0) {
  console.error(`No bench ${unknown.join(", ")}; there are ${BENCHES.join(", ")}`);
  process.exit(2);
}
await ensureTestPlugin();
const output = json ? LINES : markdown ? MARKDOWN : TABLE;
if (output === TABLE) printRow("bench", Object.keys(RUNTIMES), "unit", "must be");
const equal = await compare(positionals.length > 0 ? positionals : BENCHES, output);
process.exitCode = equal ? 0 : 1;
