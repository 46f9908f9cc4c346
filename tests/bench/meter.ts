import process from "node:process";
import { parseArgs } from "node:util";
import { meterModule } from "../../mod.ts";
import { percentile, type Row } from "./bench.ts";
import { compileKernel, KERNELS } from "./kernels.ts";
import { Account, comparePairs, type Comparison, geometricMean, time } from "./pair.ts";

const PAIRS = 9;
/** A raw run takes at least this long, in ms. */
const RUN_MS = 30;
const WARM_UP_RUNS = 4;
const WARM_UP_MS = 300;

interface Result extends Comparison {
  readonly kernel: string;
  /** Metered by unmetered size. */
  readonly size: number;
  /** Of a run of {@linkcode FUEL_WORK}. */
  readonly fuel: number;
  readonly meteredMs: number;
}

/** `n` for the fuel figure, which must not depend on how fast the machine is. */
const FUEL_WORK = 3;

type Run = (n: number) => number;

function measure(file: string, bytes: Uint8Array<ArrayBuffer>): Result {
  const metered = meterModule(bytes, { memory: "own" });
  const { exports } = instantiate(metered.bytes);
  const account = new Account(exports, metered.abi);
  const raw = instantiate(bytes).exports.run as Run;
  const run = exports.run as Run;

  run(FUEL_WORK);
  const fuel = account.burnt;

  const n = calibrate(raw);
  warmUp(() => run(n));
  warmUp(() => raw(n));
  const comparison = comparePairs(() => raw(n), () => run(n), PAIRS);
  return {
    kernel: file.replace(/\.\w+$/, ""),
    size: metered.bytes.length / bytes.length,
    fuel,
    meteredMs: comparison.rawMs * percentile(comparison.ratios, 0.5),
    ...comparison,
  };
}

function instantiate(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Instance {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes));
}

/** The `n` for which a run takes long enough to be measured. */
function calibrate(run: Run): number {
  let n = 1;
  while (time(() => run(n)).ms < RUN_MS) n *= 2;
  // That was partly in the baseline tier.
  warmUp(() => run(n));
  while (time(() => run(n)).ms < RUN_MS) n *= 2;
  return n;
}

/** Runs until the optimising tier has taken over. */
function warmUp(run: () => number): void {
  let total = 0;
  for (let runs = 0; runs < WARM_UP_RUNS || total < WARM_UP_MS; runs++) total += time(run).ms;
}

async function* results(files: readonly string[]): AsyncGenerator<Result> {
  for (const file of files) yield measure(file, await compileKernel(file));
}

/** What metering costs, kernel by kernel. */
export async function* rows(): AsyncGenerator<Row> {
  const ratios: number[] = [];
  for await (const { kernel, ratios: each, fuel } of results(KERNELS)) {
    const ratio = percentile(each, 0.5);
    ratios.push(ratio);
    yield { name: kernel, value: ratio, unit: "×" };
    yield { name: `${kernel}_fuel`, value: fuel, unit: "units", exact: true };
  }
  yield { name: "geometric_mean", value: geometricMean(ratios), unit: "×" };
  yield { name: "worst", value: Math.max(...ratios), unit: "×" };
}

async function main(): Promise<void> {
  const { values: { only } } = parseArgs({ options: { only: { type: "string" } } });
  const files = KERNELS.filter((file) => only === undefined || file.startsWith(only));
  console.log(`${process.versions.bun ? "bun" : "deno"}`);
  console.log(`kernel          raw ms    median   min   max   size        fuel`);
  const medians: number[] = [];
  for await (const { kernel, rawMs, ratios, size, fuel } of results(files)) {
    const median = percentile(ratios, 0.5);
    medians.push(median);
    console.log(
      `${kernel.padEnd(14)}${rawMs.toFixed(1).padStart(8)}${
        [median, ratios[0], ratios.at(-1)!].map((v) => v.toFixed(2).padStart(8)).join("")
      }${size.toFixed(2).padStart(8)}${String(fuel).padStart(12)}`,
    );
  }
  console.log(
    `geometric mean ${geometricMean(medians).toFixed(3)}, worst ${Math.max(...medians).toFixed(2)}`,
  );
}

if (import.meta.main) await main();
