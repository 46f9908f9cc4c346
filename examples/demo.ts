/**
 * The whole of it on one page: loads the test plugin, calls its six methods, keeps a timer beating
 * while the guest is busy, and has the host refuse what a manifest does not grant.
 *
 * @module
 */
import process from "node:process";
import { type CallReport, loadPlugin, now, type PluginError, RpcError, sleep } from "../mod.ts";
import { ensureTestPlugin } from "./build.ts";

const MANIFEST = new URL("../manifests/test-plugin.json", import.meta.url);

/** What is called, and what must come back. */
const CALLS: readonly [method: string, params: unknown, expected: (result: unknown) => boolean][] =
  [
    ["ping", null, (result) => result === "pong"],
    ["get_random_number", null, (result) => typeof result === "number"],
    ["get_time", null, (result) => Math.abs(Number(result) - Date.now() / 1000) < 60],
    ["sleep", 50, (result) => result === null],
    ["many_echo", 100, (result) => result === null],
    ["prime_sieve", 1_000_000, (result) => primes(result) === 78_498],
  ];

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number) => (text: string) => colour ? `\x1b[${code}m${text}\x1b[0m` : text;
const [bold, dim, red, green] = [1, 2, 31, 32].map(paint);
let failures = 0;

await ensureTestPlugin();
const host = { echo: (params: unknown) => params };
await using plugin = await loadPlugin(MANIFEST, { host });

// 1. The six methods. Each call is a fresh instance of the module, and comes with a report.
printRow(["method", "result", "ms", "fuel", "yields"], dim);
for (const [method, params, expected] of CALLS) {
  const { result, report } = await plugin.callWithReport(method, params);
  printCall(params === null ? method : `${method} ${params}`, result, report);
  check(expected(result), `${method} must not answer ${JSON.stringify(result)}`);
}

// 2. A busy guest gives up the thread after each slice of 8 ms, so the host's timers go on.
console.log(bold("\nA timer that beats every 5 ms while the guest sieves"));
const busy = plugin.callWithReport("prime_sieve", 5_000_000);
const { beats, largestGap } = await beatUntil(busy);
const { result, report } = await busy;
printCall("prime_sieve 5000000", result, report);
console.log(`${beats} beats, the largest gap between two ${largestGap.toFixed(1)} ms`);
check(primes(result) === 348_513, `prime_sieve must not answer ${JSON.stringify(result)}`);
console.log(dim(JSON.stringify(report, null, 1).replaceAll(/\s*\n\s*/g, " ")));

// 3. The same module under a manifest that grants no host method: the host has `echo`, yet the
//    guest is refused before it is reached.
console.log(bold("\nThe same module, granted nothing, asks for the host's echo"));
const manifest = { ...plugin.manifest, name: "granted-nothing", allow: {}, env: {}, args: [] };
await using confined = await loadPlugin(manifest, { host, base: MANIFEST });
const refusal = await confined.call("many_echo", 1).catch((error) => error as PluginError);
console.log(refusal.message);
console.log(dim(`report.denied: ${JSON.stringify(refusal.report?.denied)}`));
check(refusal instanceof RpcError && refusal.report?.denied[0] === "echo", "echo must be refused");

console.log(failures === 0 ? green("\nAll as expected.") : red(`\n${failures} not as expected.`));
process.exitCode = failures === 0 ? 0 : 1;

/** Lets a timer beat every 5 ms until the call has ended. */
async function beatUntil(call: Promise<unknown>): Promise<{ beats: number; largestGap: number }> {
  let ended = false;
  call.finally(() => ended = true);
  let [beats, largestGap, last] = [0, 0, now()];
  while (!ended) {
    await sleep(5);
    const beat = now();
    largestGap = Math.max(largestGap, beat - last);
    last = beat;
    beats++;
  }
  return { beats, largestGap };
}

function primes(result: unknown): number {
  return (result as { count: number }).count;
}

function check(met: boolean, otherwise: string): void {
  if (met) return;
  failures++;
  console.log(red(`  ${otherwise}`));
}

function printCall(call: string, result: unknown, { durationMs, fuel, yields }: CallReport): void {
  const figures = [durationMs.toFixed(1), fuel.toLocaleString("en"), String(yields)];
  printRow([call, JSON.stringify(result), ...figures]);
}

function printRow([method, result, ms, fuel, yields]: string[], style = (text: string) => text) {
  const text = `${method.padEnd(22)}${result.padEnd(34)}${ms.padStart(9)}${fuel.padStart(15)}`;
  console.log(style(text + yields.padStart(8)));
}
