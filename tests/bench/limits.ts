import { LimitError, now, type Plugin, sleep } from "../../mod.ts";
import { type Row, timed } from "./bench.ts";
import { endlessPlugin } from "./endless.ts";

const TRIES = 10;
const TIMEOUT_MS = 100;
const FUEL = 1_000_000;
const SLICE_MS = 8;

/** How soon an endless loop ends: the worst of ten tries each. */
export async function* rows(): AsyncGenerator<Row> {
  await using plugin = await endlessPlugin();

  const deadline = await worst(() =>
    timed(() => limit(plugin.call("spin", null, { timeoutMs: TIMEOUT_MS }), "deadline_exceeded"))
  );
  yield { name: "timeout_100ms", value: deadline, unit: "ms", atMost: 200 };

  const fuel = await worst(async () => {
    const error = await limit(plugin.call("spin", null, { fuel: FUEL }), "out_of_fuel");
    return Math.abs(error.report!.fuel / FUEL - 1) * 100;
  });
  yield { name: "fuel_1e6_off_by", value: fuel, unit: "%", atMost: 1 };

  yield {
    name: "abort",
    value: await worst(() => abort(plugin)) / SLICE_MS,
    unit: "slices",
    atMost: 2,
  };
}

async function worst(measure: () => Promise<number>): Promise<number> {
  let largest = 0;
  for (let i = 0; i < TRIES; i++) largest = Math.max(largest, await measure());
  return largest;
}

/** Waits for the call to run into that limit. */
async function limit(call: Promise<unknown>, code: LimitError["code"]): Promise<LimitError> {
  const error = await call.catch((error) => error);
  if (error instanceof LimitError && error.code === code) return error;
  throw new Error(`expected ${code}`, { cause: error });
}

/** From the abort to the end of the call, in ms. */
async function abort(plugin: Plugin): Promise<number> {
  const stop = new AbortController();
  const reason = new Error("enough");
  const ended = plugin.call("spin", null, { signal: stop.signal }).catch((error) => error);
  await sleep(50);
  const start = now();
  stop.abort(reason);
  if (await ended !== reason) throw new Error("expected the signal's reason");
  return now() - start;
}
