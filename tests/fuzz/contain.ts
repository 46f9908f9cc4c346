/**
 * Fuzzes plugins in the runtime that runs this file: `contain.ts KIND SEED FIRST COUNT`. Whatever a guest is and
 * whatever it writes, its call ends with a result or one of our errors, and plugins go on to work.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import process from "node:process";
import { loadPlugin, type Plugin, PluginError } from "../../mod.ts";
import { wat } from "../support/wat.ts";
import { makeLine, ROUND, spell } from "./lines.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";

/** What a child prints after each round, as JSON. */
export interface Progress {
  /** Number of the next call in the order of the seed. */
  readonly next: number;
  /** Lines that were written, or modules that were loaded, in this round. */
  readonly done: number;
  /** How many calls ended in which way. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What ended in another way. */
  readonly bugs: readonly string[];
}

/** How long a round may take, in ms, before it counts as hanging; its calls may take less. */
const PATIENCE = 30_000;
const TIMEOUT = 10_000;

const bugs: string[] = [];
const host = {
  echo: (params: unknown) => params,
  later: (params: unknown) => Promise.resolve().then(() => params),
  throws: () => {
    throw new Error("thrown by the host");
  },
  rejects: () => Promise.reject(new Error("rejected by the host")),
  secret: () => void bugs.push("a host method was reached that was not granted"),
};
const options = { host, onLog: () => {} };
const manifest = {
  name: "fuzzed",
  allow: { methods: ["echo", "later", "throws", "rejects", "none"], clock: true, random: true },
  limits: {
    timeoutMs: TIMEOUT,
    memoryPages: 16,
    messageBytes: 2_000,
    logBytes: 1_000,
    hostCalls: 20,
    hostCallsInFlight: 8,
    concurrency: ROUND,
  },
};

/** What a call has to end with: no other code can come of a guest that neither traps nor takes long. */
const OF_LINES = new Set([
  "ok",
  "protocol",
  "exit",
  "rpc",
  "message_too_large",
  "too_many_host_calls",
]);

/** Settles with how a call ended: "ok", one of our codes, or what it threw. */
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    if (error instanceof PluginError) return error.code;
    return `not one of our errors: ${error instanceof Error ? error.stack : String(error)}`;
  }
}

/** Fixtures that make a guest. */
const SEEDS = ["script", "memory", "catch_all", "nonblocking", "deep", "wire", "environ"]
  .concat("script start");

/** Assembles several files as one module. */
async function assemble(...names: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const read = (name: string) => readFile(new URL(`../${name}.wat`, import.meta.url), "utf8");
  return await wat((await Promise.all(names.map(read))).join("\n"));
}

/** Makes rounds of one kind. Answers how many lines or modules there were in it, and how each call ended. */
type Round = (first: number, seed: number) => Promise<{ done: number; outcomes: string[] }>;

async function lineRound(): Promise<Round> {
  const wasm = await assemble("fixtures/guest", "fuzz/lines");
  const plugin = await loadPlugin(manifest, { ...options, wasm });
  return async (first, seed) => {
    let done = 0;
    const calls = Array.from({ length: ROUND }, async (_, i) => {
      const random = new Random(seed, first + i);
      const id = plugin.stats().calls + 1;
      let text = "";
      for (let left = 1 + random.below(12); left > 0 && text.length < 1_000; left--) {
        const line = spell(makeLine(random, id));
        if (text.length + line.length > 1_900) break;
        text += line + (random.chance(50) ? "!" : "") + (random.chance(5) ? "!?" : "");
        done++;
      }
      const outcome = await outcomeOf(plugin.call("run", text + "!"));
      if (!OF_LINES.has(outcome)) {
        bugs.push(`call ${first + i} of seed ${seed}: ${outcome}: ${text}`);
      }
      return outcome;
    });
    const outcomes = await Promise.all(calls);
    await check(plugin);
    return { done, outcomes };
  };
}

async function moduleRound(): Promise<Round> {
  const seeds = await Promise.all(
    SEEDS.map((names) =>
      assemble(...["guest", ...names.split(" ")].map((name) => `fixtures/${name}`))
    ),
  );
  const good = await loadPlugin(manifest, { ...options, wasm: seeds[0] });
  const run = async (random: Random): Promise<string> => {
    const wasm = mutate(random.pick(seeds), seeds, random);
    let plugin: Plugin;
    try {
      plugin = await loadPlugin(manifest, { ...options, wasm });
    } catch (error) {
      return await outcomeOf(Promise.reject(error));
    }
    const params = random.pick(["0", "<0", "@", "&", ">2", "~+?", "(0(1(2"]);
    const call = plugin.call("run", params, { timeoutMs: 20, fuel: 200_000 });
    const outcome = await outcomeOf(call);
    await plugin.close();
    return `loaded, ${outcome}`;
  };
  return async (first, seed) => {
    const outcomes: string[] = [];
    for (let i = 0; i < ROUND; i++) {
      const outcome = await run(new Random(seed, first + i));
      if (outcome.includes("not one of")) {
        bugs.push(`module ${first + i} of seed ${seed}: ${outcome}`);
      }
      outcomes.push(outcome.split(":")[0]);
    }
    await check(good);
    return { done: ROUND, outcomes };
  };
}

/** Whether all is as it was. */
async function check(plugin: Plugin): Promise<void> {
  const answer = await outcomeOf(plugin.call("ping"));
  if (answer !== "ok") bugs.push(`a ping afterwards: ${answer}`);
  const { running, queued } = plugin.stats();
  if (running + queued > 0) {
    bugs.push(`${running} calls run and ${queued} wait when all have ended`);
  }
  const polluted = Object.keys(Object.prototype);
  if (polluted.length > 0) bugs.push(`Object.prototype has ${polluted}`);
}

async function main(kind: string, numbers: readonly number[]): Promise<void> {
  const [seed, first, count] = numbers;
  const round = await (kind === "lines" ? lineRound() : moduleRound());
  let total = 0;
  for (let next = first; total < count;) {
    const hanging = setTimeout(() => {
      throw new Error(`calls from ${next} on of seed ${seed} hang`);
    }, PATIENCE);
    const { done, outcomes } = await round(next, seed);
    clearTimeout(hanging);
    total += done;
    next += ROUND;
    const counts: Record<string, number> = {};
    for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
    console.log(JSON.stringify({ next, done, outcomes: counts, bugs: bugs.splice(0) }));
  }
}

process.on("unhandledRejection", (error) => void bugs.push(`nobody handles ${error}`));

const [kind, ...numbers] = process.argv.slice(2);
await main(kind, numbers.map(Number));
process.exit(0);
