import process from "node:process";
import type { Plugin } from "../../mod.ts";
import {
  examplePlugin,
  percentile,
  reference,
  residentBytes,
  type Row,
  testPlugin,
  timed,
} from "./bench.ts";

/** Until then engines compile, and let their heaps grow to the size that suits them. */
const WARM_UP = 20_000;
const PINGS = 20_000;
/** Pings between two looks at how fast the machine is. */
const PINGS_PER_LOOK = 200;
const ECHOES = 1000;
const ECHO_WARM_UP = 50, ECHO_TRIES = 50;
const GROWTH_CALLS = 100_000;
/** Calls that are started at once. */
const BURSTS = [1000, 10_000];

/** What a call costs, what a host call costs, what many calls at once cost, and whether calls leave anything behind. */
export async function* rows(): AsyncGenerator<Row> {
  await using plugin = await testPlugin();
  await ping(plugin, WARM_UP);

  const calls: number[] = [], references: number[] = [];
  for (let i = 0; i < PINGS; i++) {
    if (i % PINGS_PER_LOOK === 0) references.push(reference());
    calls.push(await timed(() => plugin.call("ping")) * 1000);
  }
  yield { name: "ping_p50", value: percentile(calls, 0.5), unit: "µs", atMost: 25 };
  yield { name: "ping_p99", value: percentile(calls, 0.99), unit: "µs" };
  yield { name: "ping_reference_p50", value: percentile(references, 0.5), unit: "ms" };

  const echo = () => plugin.call("many_echo", ECHOES);
  for (let i = 0; i < ECHO_WARM_UP; i++) await echo();
  const echoes: number[] = [];
  references.length = 0;
  for (let i = 0; i < ECHO_TRIES; i++) {
    references.push(reference());
    echoes.push(await timed(echo) * 1000 / ECHOES);
  }
  yield { name: "host_call_p50", value: percentile(echoes, 0.5), unit: "µs", atMost: 6 };
  yield { name: "host_call_reference_p50", value: percentile(references, 0.5), unit: "ms" };

  for (const count of BURSTS) {
    const limits = { concurrency: 32, queue: count };
    await using fresh = await examplePlugin("test-plugin", { limits });
    const before = await residentBytes();
    const took = await timed(() =>
      Promise.all(Array.from({ length: count }, () => ping(fresh, 1)))
    );
    const grown = (process.memoryUsage().rss - before) / 1e6;
    yield { name: `at_once_${count}`, value: took / 1000, unit: "s", atMost: 2 };
    yield { name: `at_once_${count}_rss_growth`, value: grown, unit: "MB", atMost: 150 };
  }

  const before = await residentBytes();
  await ping(plugin, GROWTH_CALLS);
  const grown = (await residentBytes() - before) / 1e6;
  yield { name: "rss_growth_100k", value: grown, unit: "MB", atMost: 50 };
}

async function ping(plugin: Plugin, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    if (await plugin.call("ping") !== "pong") throw new Error("expected a pong");
  }
}
