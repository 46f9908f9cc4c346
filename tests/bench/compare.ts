/**
 * What metering costs a kernel.
 *
 * @module
 */
import { meterModule, sleep } from "../../mod.ts";
import { percentile } from "./bench.ts";
import { compileKernel, type Kernel } from "./kernels.ts";
import { Account, assertSame, cpuMs, inPairs } from "./pair.ts";

const PAIRS = 9;
/** An unmetered run takes at least this long, in ms, and less than twice as long. */
const RUN_MS = 30;
/** CPU time until all is compiled by the optimising tier, in ms. */
const WARM_UP_MS = 800;
/** The `n` of the run of which the fuel is told: the same on every machine. */
const FUEL_WORK = 3;

/** What {@linkcode compareKernel} has found. */
export interface Comparison {
  readonly kernel: Kernel;
  /** Median of an unmetered run, in ms. */
  readonly rawMs: number;
  /** Metered by unmetered time: the smallest, the median and the largest of all pairs. */
  readonly ratio: { readonly min: number; readonly median: number; readonly max: number };
  /** Metered by unmetered size. */
  readonly size: number;
  /** Units that a certain piece of work burns. */
  readonly fuel: number;
}

type Run = (n: number) => number;

/** Runs a kernel unmetered and metered. With `rawOnly` both are unmetered: what then differs is noise. */
export async function compareKernel(kernel: Kernel, rawOnly = false): Promise<Comparison> {
  const bytes = await compileKernel(kernel);
  const raw = instantiate(bytes).run as Run;
  const { bytes: meteredBytes, abi } = meterModule(bytes, { memory: "own" });
  const exports = instantiate(meteredBytes);
  const account = new Account(exports, abi);
  const metered = exports.run as Run;

  const before = account.burnt;
  assertSame(kernel, raw(FUEL_WORK), metered(FUEL_WORK));
  const fuel = account.burnt - before;

  const n = await calibrate(raw);
  const other = rawOnly ? instantiate(bytes).run as Run : metered;
  await warmUp(other, n);
  const pairs = inPairs(() => timed(raw, n), () => timed(other, n), PAIRS);
  const ratios = pairs.map(([raw, metered]) => {
    assertSame(kernel, raw.result, metered.result);
    return metered.ms / raw.ms;
  });
  return {
    kernel,
    rawMs: percentile(pairs.map(([{ ms }]) => ms), 0.5),
    ratio: {
      min: percentile(ratios, 0),
      median: percentile(ratios, 0.5),
      max: Math.max(...ratios),
    },
    size: meteredBytes.length / bytes.length,
    fuel,
  };
}

function instantiate(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}

/** The `n` for which an optimised run takes long enough. */
async function calibrate(run: Run): Promise<number> {
  const isShort = () => Math.min(...[1, 2, 3].map(() => timed(run, n).ms)) < RUN_MS;
  let n = 1;
  while (isShort()) n *= 2;
  await warmUp(run, n);
  while (isShort()) n *= 2;
  return n;
}

async function warmUp(run: Run, n: number): Promise<void> {
  const end = cpuMs() + WARM_UP_MS;
  while (cpuMs() < end) {
    run(n);
    // The compilers work in the background and are idle soon after, so that they do not count later.
    await sleep(10);
  }
}

function timed(run: Run, n: number): { ms: number; result: number } {
  const start = cpuMs();
  const result = run(n);
  return { ms: cpuMs() - start, result };
}
