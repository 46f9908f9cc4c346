import { sleep } from "../../mod.ts";
import { endlessPlugin, largestGap, type Row, testPlugin } from "./bench.ts";

const SIEVE = 5_000_000;
const SPINNERS = 20;
const SPIN_MS = 3000;
const SLICE_MS = 8;

/** How long a busy guest, or many, keep the host's event loop from turning. */
export async function* rows(): AsyncGenerator<Row> {
  await using plugin = await testPlugin();
  const gap = await largestGap(plugin.call("prime_sieve", SIEVE));
  yield { name: "sieve_gap", value: gap, unit: "ms", atMost: 40 };

  const plugins = await Promise.all(Array.from({ length: SPINNERS }, endlessPlugin));
  const stop = new AbortController();
  const spinning = plugins.map((plugin) => plugin.call("spin", null, { signal: stop.signal }));
  const spinningGap = await largestGap(sleep(SPIN_MS));
  stop.abort();
  await Promise.allSettled(spinning);
  await Promise.all(plugins.map((plugin) => plugin.close()));
  yield { name: "spinners_20_gap", value: spinningGap / SLICE_MS, unit: "slices", atMost: 20 };
}
