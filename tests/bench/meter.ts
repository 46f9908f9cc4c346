/**
 * What metering costs. By itself it measures the runtime that runs it, in more detail:
 * `deno run -A tests/bench/meter.ts [--only=KERNEL] [--raw-only]`, or the same with `bun`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Row } from "./bench.ts";
import { compareKernel } from "./compare.ts";
import { KERNELS } from "./kernels.ts";
import { byRuntime, geometricMean } from "./pair.ts";
import { rows as python } from "./python.ts";
import { rows as rewriting } from "./rewriting.ts";

/** What metering takes, makes of a module's size, and costs kernels and Python programs. */
export async function* rows(): AsyncGenerator<Row> {
  yield* rewriting();
  const ratios: number[] = [];
  for (const each of KERNELS) {
    const { kernel, ratio, fuel } = await compareKernel(each);
    ratios.push(ratio.median);
    yield { name: kernel, value: ratio.median, unit: "×" };
    yield { name: `${kernel}_fuel`, value: fuel, unit: "units", exact: true };
  }
  const mean = byRuntime({ deno: 1.15, bun: 1.2 });
  yield { name: "geometric_mean", value: geometricMean(ratios), unit: "×", atMost: mean };
  const worst = byRuntime({ deno: 1.8, bun: 2 });
  yield { name: "worst", value: Math.max(...ratios), unit: "×", atMost: worst };
  yield* python();
}

/** Prints all that is known of each kernel. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: "string" }, "raw-only": { type: "boolean" } },
  });
  const kernels = KERNELS.filter((kernel) => kernel === (values.only ?? kernel));
  if (kernels.length === 0) {
    throw new Error(`No kernel ${values.only}; there are ${KERNELS.join(", ")}`);
  }
  print("kernel", "raw ms", "median", "min", "max", "size", "fuel");
  const ratios: number[] = [];
  for (const each of kernels) {
    const { kernel, rawMs, ratio, size, fuel } = await compareKernel(each, values["raw-only"]);
    const ratioColumns = [ratio.median, ratio.min, ratio.max, size].map((value) =>
      value.toFixed(2)
    );
    print(kernel, rawMs.toFixed(1), ...ratioColumns, String(fuel));
    ratios.push(ratio.median);
  }
  print("geo. mean", "", geometricMean(ratios).toFixed(3));
  print("worst", "", Math.max(...ratios).toFixed(2));
}

function print(name: string, ...columns: string[]): void {
  console.log(name.padEnd(12) + columns.map((column) => column.padStart(10)).join(""));
}

if (import.meta.main) await main();
