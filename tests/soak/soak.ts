/**
 * Many calls of all kinds, some dozens at a time, for as long as it takes.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { type CallReport, now, type Plugin, PluginError, sleep } from "../../mod.ts";
import { residentBytes } from "../bench/bench.ts";
import { type Kind, KINDS, loadPlugins, WEIGHT } from "./mix.ts";

/** Calls under way at the same time. */
const AT_ONCE = 48;
/** Steps in which progress is shown. */
const STEPS = 20;
/** A call that takes longer counts as lost. */
const PATIENCE_MS = 60_000;
const BEAT_MS = 5;

/** How far a soak has got. */
export interface Progress {
  readonly calls: number;
  readonly callsPerSecond: number;
  /** MB of the process, after a collection. */
  readonly rss: number;
}

/** What has become of a soak. */
export interface Outcome {
  readonly callsPerSecond: number;
  /** Calls that did not end, and log lines that did not come. */
  readonly lost: number;
  /** What should not have come of a call, by kind. */
  readonly wrong: readonly string[];
  /** MB from 20% of the calls on to their end. */
  readonly growth: number;
  /** Ms that a timer came late, 99th percentile. */
  readonly delayP99: number;
  /** How many calls there were of each kind. */
  readonly kinds: ReadonlyMap<string, number>;
}

/** By place in a cycle: what kind of call that is. */
const CYCLE = KINDS.flatMap((kind) => Array<Kind>(kind.weight).fill(kind));
/** From one call to the next in the cycle: prime to its length, so that every call has its turn, in an order that looks like none. */
const STRIDE = 7919;

/** Makes that many calls, and looks at what comes of each. `onStep` is called every 5%. */
export async function soak(calls: number, onStep: (progress: Progress) => void): Promise<Outcome> {
  const lines = new Map<string, number>();
  const plugins = await loadPlugins((plugin, callId) => {
    const key = `${plugin} ${callId}`;
    lines.set(key, (lines.get(key) ?? 0) + 1);
  });
  const kinds = new Map<string, number>();
  const wrong: string[] = [];
  const rss: number[] = [];
  let started = 0;
  let ended = 0;
  let step = 1;
  const start = now();
  const delays = new Delays();
  const callsPerSecond = () => ended / (now() - start) * 1000;

  async function work(): Promise<void> {
    while (started < calls) {
      const kind = CYCLE[started++ * STRIDE % WEIGHT];
      kinds.set(kind.name, (kinds.get(kind.name) ?? 0) + 1);
      const found = await attempt(plugins[kind.plugin], kind);
      const key = `${plugins[kind.plugin].name} ${found.report?.callId}`;
      const logged = lines.get(key) ?? 0;
      lines.delete(key);
      const problem = problemWith(kind, { ...found, lines: logged });
      if (problem !== undefined) wrong.push(`${kind.name}: ${problem}`);
      ended++;
      if (ended >= calls * step / STEPS) {
        step++;
        rss.push(await residentBytes() / 1e6);
        delays.forget();
        onStep({ calls: ended, callsPerSecond: callsPerSecond(), rss: rss.at(-1)! });
      }
    }
  }

  const workers = Promise.all(Array.from({ length: AT_ONCE }, work));
  await Promise.race([workers, stalled(() => ended)]);
  const outcome = {
    callsPerSecond: callsPerSecond(),
    lost: started - ended + lines.size,
    wrong,
    growth: rss.at(-1)! - rss[STEPS / 5 - 1],
    delayP99: delays.stop(),
    kinds,
  };
  for (const plugin of Object.values<Plugin>({ ...plugins })) {
    const { running, queued } = plugin.stats();
    if (running + queued > 0) wrong.push(`${plugin.name}: ${running} running, ${queued} queued`);
    await plugin.close();
  }
  return outcome;
}

/** What came of a call. */
interface Found {
  readonly result?: unknown;
  readonly code?: Kind["code"];
  readonly report?: CallReport;
}

async function attempt(plugin: Plugin, kind: Kind): Promise<Found> {
  const { method, params, timeoutMs, fuel, abortMs } = kind;
  const reason = {};
  const controller = abortMs === undefined ? undefined : new AbortController();
  const call = plugin.callWithReport(method, params, {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(fuel !== undefined && { fuel }),
    ...(controller && { signal: controller.signal }),
  });
  if (abortMs === 0) controller?.abort(reason);
  else if (abortMs !== undefined) void sleep(abortMs).then(() => controller?.abort(reason));
  try {
    return await call;
  } catch (error) {
    if (error === reason) return { code: "aborted" };
    if (error instanceof PluginError) return { code: error.code, report: error.report };
    throw error;
  }
}

/** What is wrong with what came of a call, if anything is. */
function problemWith(kind: Kind, found: Found & { readonly lines: number }): string | undefined {
  if (found.code !== kind.code) return `${found.code}, not ${kind.code}`;
  if ("result" in kind && !isDeepStrictEqual(found.result, kind.result)) {
    return `the result is ${JSON.stringify(found.result).slice(0, 200)}`;
  }
  if (found.lines !== (kind.lines ?? 0)) return `${found.lines} lines, not ${kind.lines ?? 0}`;
  const hostCalls = found.report?.hostCalls;
  if (kind.hostCalls === undefined || hostCalls === kind.hostCalls) return undefined;
  return `${hostCalls} host calls, not ${kind.hostCalls}`;
}

/** Resolves when a count has not changed for long. */
async function stalled(count: () => number): Promise<void> {
  for (let last = -1; last !== count();) {
    last = count();
    await sleep(PATIENCE_MS);
  }
}

/** How late a timer comes that beats all the time. */
class Delays {
  static readonly #STEP_MS = 0.25;
  /** How often it was late by that many steps; the last stands for more. */
  readonly #counts = new Uint32Array(4000);
  #isForgotten = false;
  #isOver = false;

  constructor() {
    void this.#beat();
  }

  /** Leaves out the next one: a collection that was asked for says nothing. */
  forget(): void {
    this.#isForgotten = true;
  }

  /** Answers the 99th percentile, in ms. */
  stop(): number {
    this.#isOver = true;
    const all = this.#counts.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    return this.#counts.findIndex((count) => (seen += count) >= 0.99 * all) * Delays.#STEP_MS;
  }

  async #beat(): Promise<void> {
    const { length } = this.#counts;
    while (!this.#isOver) {
      const due = now() + BEAT_MS;
      await sleep(BEAT_MS);
      const steps = Math.min(Math.floor((now() - due) / Delays.#STEP_MS), length - 1);
      if (!this.#isForgotten) this.#counts[steps]++;
      this.#isForgotten = false;
    }
  }
}
