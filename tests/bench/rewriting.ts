/**
 * How fast modules are metered, and by how much they grow.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { buildAll } from "../../examples/build.ts";
import { meterModule } from "../../mod.ts";
import { percentile, residentBytes, type Row } from "./bench.ts";
import { cpuMs } from "./pair.ts";
import { pythonWasm } from "./python.ts";

const RUNS = 5;
const MOST_GROWTH = 1.35;

/** To be run first in a process: code that is cold, and a heap without garbage. */
export async function* rows(): AsyncGenerator<Row> {
  const bytes = await pythonWasm();
  const before = await residentBytes();
  await forgetPeak();
  const cold = measure(() => meterModule(bytes));
  const extra = process.resourceUsage().maxRSS * 1024 - before;
  yield { name: "rewrite_peak", value: extra / bytes.length, unit: "×", atMost: 4 };

  const speed = (ms: number) => bytes.length / 1e3 / ms;
  const whole = percentile(repeat(() => meterModule(bytes)), 0.5);
  const engine = percentile(repeat(() => WebAssembly.validate(bytes)), 0.5);
  yield { name: "rewrite_cold", value: speed(cold), unit: "MB/s" };
  yield { name: "rewrite_speed", value: speed(whole - engine), unit: "MB/s", atLeast: 40 };
  yield { name: "validate_speed", value: speed(engine), unit: "MB/s" };

  yield { name: "size_python", value: growth(bytes), unit: "×", atMost: MOST_GROWTH };
  for (const { name, path, outcome } of await buildAll({ stale: true })) {
    if (outcome === "skipped") continue;
    const value = growth(new Uint8Array(await readFile(path)));
    yield { name: `size_${name.replaceAll("-", "_")}`, value, unit: "×", atMost: MOST_GROWTH };
  }
}

/** Lets `maxRSS` begin anew. That is only so on Linux; elsewhere the peak is that of the whole process. */
async function forgetPeak(): Promise<void> {
  await writeFile("/proc/self/clear_refs", "5").catch(() => {});
}

/** Metered by unmetered size. */
function growth(bytes: Uint8Array<ArrayBuffer>): number {
  return meterModule(bytes).bytes.length / bytes.length;
}

function repeat(work: () => unknown): number[] {
  return Array.from({ length: RUNS }, () => measure(work));
}

/** CPU time of `work`, in ms. */
function measure(work: () => unknown): number {
  const start = cpuMs();
  work();
  return cpuMs() - start;
}
