import { type Row, testPlugin } from "./bench.ts";

const CALLS: readonly [method: string, params: unknown][] = [
  ["ping", null],
  ["many_echo", 100],
  ["prime_sieve", 1_000_000],
];

/** What the same work burns: the same in each runtime, to the unit. */
export async function* rows(): AsyncGenerator<Row> {
  await using plugin = await testPlugin();
  for (const [method, params] of CALLS) {
    const { report } = await plugin.callWithReport(method, params);
    yield { name: method, value: report.fuel, unit: "units", exact: true };
  }
}
