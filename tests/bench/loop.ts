import { type Plugin, sleep } from "../../mod.ts";
import { endlessPlugin, largestGap, type Row, testPlugin } from "./bench.ts";

const SIEVE = 5_000_000;
const SPINNERS = 20;
const SPIN_MS = 3000;
const SLICE_MS = 8;

/** How long a busy guest, or many, keep the host's event loop from turning. */
export async function* rows(): AsyncGenerator<Row> {
  await using plugin = await testPlugin();
  const gap = await largestGap(() => plugin.call("prime_sieve", SIEVE));
  yield { name: "sieve_gap", value: gap, unit: "ms", atMost: 40 };

  const plugins = await Promise.all(Array.from({ length: SPINNERS }, endlessPlugin));
  const spinning = await largestGap(() => spin(plugins));
  await Promise.all(plugins.map((plugin) => plugin.close()));
  yield { name: "spinners_20_gap", value: spinning / SLICE_MS, unit: "slices", atMost: 20 };
}

/** Lets them all loop at once, for a while. */
async function spin(plugins: readonly Plugin[]): Promise<void> {
  const stop = new AbortController();
  const calls = plugins.map((plugin) => plugin.call("spin", null, { signal: stop.signal }));
  await sleep(SPIN_MS);
  stop.abort();
  await Promise.allSettled(calls);
}
