import type { Plugin } from "../../mod.ts";
import { percentile, residentBytes, type Row, testPlugin, timed } from "./bench.ts";

const WARM_UP = 2000;
const PINGS = 5000;
const ECHOES = 1000;
const GROWTH_CALLS = 100_000;
/** Until then engines let their heaps grow to the size that suits them. */
const GROWTH_WARM_UP = 20_000;

/** What a call costs, what a host call costs, and whether calls leave anything behind. */
export async function* rows(): AsyncGenerator<Row> {
  await using plugin = await testPlugin();
  await ping(plugin, WARM_UP);

  const calls: number[] = [];
  for (let i = 0; i < PINGS; i++) calls.push(await timed(() => plugin.call("ping")) * 1000);
  yield { name: "ping_p50", value: percentile(calls, 0.5), unit: "µs", atMost: 100 };
  yield { name: "ping_p99", value: percentile(calls, 0.99), unit: "µs" };

  const echoes: number[] = [];
  for (let i = 0; i < 20; i++) {
    echoes.push(await timed(() => plugin.call("many_echo", ECHOES)) * 1000 / ECHOES);
  }
  yield { name: "host_call_p50", value: percentile(echoes, 0.5), unit: "µs" };

  await ping(plugin, GROWTH_WARM_UP);
  const before = await residentBytes();
  await ping(plugin, GROWTH_CALLS);
  const grown = (await residentBytes() - before) / 1e6;
  yield { name: "rss_growth_100k", value: grown, unit: "MB", atMost: 50 };
}

async function ping(plugin: Plugin, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await plugin.call("ping");
}
