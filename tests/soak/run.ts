/**
 * Soaks the runtime that runs this file: `run.ts CALLS`. Exits 1 if a call was lost, something wrong came of one, or memory grew.
 *
 * @module
 */
import process from "node:process";
import { soak } from "./soak.ts";

/** MB that the process may grow from 20% of the calls on. */
const MAX_GROWTH = 30;
/** Of what went wrong, so much is shown. */
const MAX_SHOWN = 20;

const runtime = "Bun" in globalThis ? "bun" : "deno";
const calls = Number(process.argv[2]);

const outcome = await soak(calls, ({ calls: done, callsPerSecond, rss }) => {
  const share = `${Math.floor(done / calls * 100)}%`.padStart(4);
  const figures = [`${done} calls`, `${callsPerSecond.toFixed(0)} calls/s`, `${rss.toFixed(1)} MB`];
  console.log(`${runtime.padEnd(5)}${share}${figures.map((each) => each.padStart(18)).join("")}`);
});

const { callsPerSecond, lost, wrong, growth, delayP99 } = outcome;
for (const each of wrong.slice(0, MAX_SHOWN)) console.log(`${runtime} wrong: ${each}`);
console.log(
  `${runtime}: ${calls} calls, ${lost} lost, ${wrong.length} wrong, ` +
    `${callsPerSecond.toFixed(0)} calls/s, RSS ${growth > 0 ? "+" : ""}${growth.toFixed(1)} MB ` +
    `from 20% on (at most +${MAX_GROWTH}), loop delay p99 ${delayP99.toFixed(1)} ms`,
);
const isGood = lost === 0 && wrong.length === 0 && growth <= MAX_GROWTH;
// What was lost may keep the process alive.
process.exit(isGood ? 0 : 1);
