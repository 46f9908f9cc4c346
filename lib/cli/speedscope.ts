import type { FunctionFuel } from "../errors.ts";
import { printable } from "../errors.ts";
import { columns } from "./io.ts";

/**
 * A profile in the format of speedscope, as JSON: a sample of one frame for each function, weighted with its fuel.
 *
 * @see https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources
 */
export function speedscope(name: string, functions: readonly FunctionFuel[]): string {
  const profile = {
    type: "sampled",
    name,
    unit: "none",
    startValue: 0,
    endValue: sumOf(functions),
    samples: functions.map((_, index) => [index]),
    weights: functions.map(({ fuel }) => fuel),
  };
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name,
    exporter: "@wasm-plugin/rt",
    activeProfileIndex: 0,
    shared: { frames: functions.map(({ name }) => ({ name })) },
    profiles: [profile],
  });
}

/** The ten functions that burnt most as lines: fuel, its share, name. */
export function topTen(functions: readonly FunctionFuel[]): string {
  const total = sumOf(functions);
  const rows = functions.slice(0, 10).map(({ name, fuel }) => {
    return [String(fuel), `${(fuel / total * 100).toFixed(1)} %`, printable(name)];
  });
  return columns([["fuel", "share", "function"], ...rows]);
}

function sumOf(functions: readonly FunctionFuel[]): number {
  return functions.reduce((sum, { fuel }) => sum + fuel, 0);
}
