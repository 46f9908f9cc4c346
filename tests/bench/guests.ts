import { readFile } from "node:fs/promises";
import { buildAll } from "../../examples/build.ts";
import { now } from "../../mod.ts";
import { GUESTS, METHODS } from "../plugins/guests.ts";
import { examplePlugin, percentile, type Row, timed } from "./bench.ts";

const LOADS = 3;
const LIMIT = 1_000_000;
const ECHOES = 1000;
/** How long what is short is repeated, in ms: until engines have optimised it, and then to measure. */
const WARM_UP_MS = 1000, MEASURE_MS = 1000;

/** What the example plugins cost, language by language; of those that are built. */
export async function* rows(): AsyncGenerator<Row> {
  const outcomes = await buildAll({ stale: true });
  for (const { name, methods = METHODS } of GUESTS) {
    const built = outcomes.find((outcome) => outcome.name === name);
    if (built?.outcome !== "built" && built?.outcome !== "current") continue;
    const row = (figure: string, value: number, unit: string, exact?: true): Row => ({
      name: `${name}.${figure}`,
      value,
      unit,
      exact,
    });
    yield row("size", (await readFile(built.path)).length, "bytes", true);

    const loads: number[] = [];
    for (let i = 0; i < LOADS; i++) {
      loads.push(await timed(async () => await (await examplePlugin(name)).close()));
    }
    yield row("load", percentile(loads, 0.5), "ms");

    await using plugin = await examplePlugin(name);
    yield row("ping", 1000 * await typical(() => plugin.call("ping")), "µs");
    if (methods.includes("many_echo")) {
      const ms = await typical(() => plugin.call("many_echo", ECHOES));
      yield row("many_echo", 1000 * ms / ECHOES, "µs a call");
    }
    if (!methods.includes("prime_sieve")) continue;
    yield row("prime_sieve", await typical(() => plugin.call("prime_sieve", LIMIT)), "ms");
    // Otherwise what a guest's runtime does with random numbers and the time would be a part of it.
    await using alike = await examplePlugin(name, { deterministic: {} });
    const { report } = await alike.callWithReport("prime_sieve", LIMIT);
    yield row("prime_sieve_fuel", report.fuel, "units", true);
  }
}

/** What `work` takes in the median, in ms. */
async function typical(work: () => Promise<unknown>): Promise<number> {
  await repeat(work, WARM_UP_MS);
  return percentile(await repeat(work, MEASURE_MS), 0.5);
}

async function repeat(work: () => Promise<unknown>, ms: number): Promise<number[]> {
  const times: number[] = [];
  for (const end = now() + ms; now() < end;) times.push(await timed(work));
  return times;
}
