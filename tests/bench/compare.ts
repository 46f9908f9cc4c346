/**
 * What metering costs a kernel.
 *
 * @module
 */
import { meterModule, sleep } from "../../mod.ts";
import { percentile } from "./bench.ts";
import { compileKernel, type Kernel } from "./kernels.ts";
import { Account, assertSame, cpuMs, inTurn } from "./pair.ts";

/** Each with modules that are compiled anew, since what an optimising compiler makes of one varies. */
const PAIRS = 9;
/** An unmetered run takes at least this long, in ms, and about twice as long at most. */
const RUN_MS = 30;
/** CPU time until a module is compiled by the optimising tier, in ms. */
const WARM_UP_MS = 400;
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
  const metered = meterModule(bytes, { memory: "own" });
  const { run, account } = instantiateMetered(metered);
  const before = account.burnt;
  assertSame(kernel, instantiate(bytes)(FUEL_WORK), run(FUEL_WORK));
  const fuel = account.burnt - before;

  const n = await calibrate(instantiate(bytes));
  const rawMs: number[] = [];
  const ratios: number[] = [];
  for (let i = 0; i < PAIRS; i++) {
    const raw = instantiate(bytes);
    const other = rawOnly ? instantiate(bytes) : instantiateMetered(metered).run;
    await warmUp(raw, n);
    await warmUp(other, n);
    const [a, b] = inTurn(i, () => timed(raw, n), () => timed(other, n));
    assertSame(kernel, a.result, b.result);
    rawMs.push(a.ms);
    ratios.push(b.ms / a.ms);
  }
  return {
    kernel,
    rawMs: percentile(rawMs, 0.5),
    ratio: { min: Math.min(...ratios), median: percentile(ratios, 0.5), max: Math.max(...ratios) },
    size: metered.bytes.length / bytes.length,
    fuel,
  };
}

function instantiate(bytes: Uint8Array<ArrayBuffer>): Run {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.run as Run;
}

function instantiateMetered(
  { bytes, abi }: ReturnType<typeof meterModule>,
): { run: Run; account: Account } {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return { run: exports.run as Run, account: new Account(exports, abi) };
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
  for (const work of [1, n]) {
    const end = cpuMs() + WARM_UP_MS / 2;
    while (cpuMs() < end) {
      for (let left = n; left > 0; left -= work) run(work);
      // The compilers work in the background and are idle soon after, so that they do not count later.
      await sleep(10);
    }
  }
}

/** Runs once. The time is CPU time. */
function timed(run: Run, n: number): { ms: number; result: number } {
  const start = cpuMs();
  const result = run(n);
  return { ms: cpuMs() - start, result };
}
