/**
 * The whole of it on one page: loads the test plugin, calls its six methods, keeps a timer beating
 * while the guest is busy, and has the host refuse what a manifest does not grant.
 *
 * @module
 */
import process from "node:process";
import { type CallReport, loadPlugin, now, RpcError, sleep } from "../mod.ts";
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

const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number) => (text: string) => isColoured ? `\x1b[${code}m${text}\x1b[m` : text;
const [bold, dim, red, green] = [1, 2, 31, 32].map(paint);
let failures = 0;

await ensureTestPlugin();
const host = { echo: (params: unknown) => params };
const logs: string[] = [];
const onLog = ({ line }: { line: string }) => void logs.push(line);
await using plugin = await loadPlugin(MANIFEST, { host, onLog });

// 1. The six methods. Each call is a fresh instance of the module, and comes with a report.
heading(`Six calls of ${plugin.name}, a fresh guest each, on ${navigator.userAgent}`);
row("method", "result", "ms", "fuel", "yields");
for (const [method, params, expected] of CALLS) {
  const { result, report } = await plugin.callWithReport(method, params);
  rowOfCall(params === null ? method : `${method} ${params}`, result, report);
  check(expected(result), `${method} must not answer this`);
}

// 2. A busy guest gives up the thread after each slice of 8 ms, so the host's timers go on.
heading("A timer that beats every 5 ms while the guest sieves");
const busy = plugin.callWithReport("prime_sieve", 5_000_000);
const { beats, largestGap } = await beatUntil(busy);
const { result, report } = await busy;
rowOfCall("prime_sieve 5000000", result, report);
console.log(`${beats} beats, the largest gap between two: ${bold(largestGap.toFixed(1) + " ms")}`);
check(primes(result) === 348_513, "prime_sieve must not answer this");

heading("The report of that call");
printReport(report);

// 3. The same module and the same host, under a manifest that grants no host method: the guest is
//    refused, and the host's `echo` is never reached.
heading("The same plugin, with no host method granted, asks for echo");
const manifest = { ...plugin.manifest, allow: { ...plugin.manifest.allow, methods: [] } };
await using confined = await loadPlugin(manifest, { host, base: MANIFEST });
const refusal = await confined.call("many_echo", 1).catch((error) => error);
const isRefused = refusal instanceof RpcError && refusal.report?.denied.join() === "echo";
check(isRefused, `echo must be refused, not ${refusal}`);
if (isRefused) {
  console.log(`${refusal.name} ${refusal.rpcCode}: ${refusal.message}`);
  console.log(`report.denied: ${JSON.stringify(refusal.report?.denied)}`);
}

heading(failures === 0 ? green("All as expected.") : red(`${failures} not as expected.`));
process.exitCode = failures === 0 ? 0 : 1;

/** Lets a timer beat every 5 ms until the call has ended. */
async function beatUntil(call: Promise<unknown>): Promise<{ beats: number; largestGap: number }> {
  let hasEnded = false;
  const end = () => hasEnded = true;
  call.then(end, end);
  let [beats, largestGap, last] = [0, 0, now()];
  while (!hasEnded) {
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

function heading(text: string): void {
  console.log();
  console.log(bold(text));
}

function row(method: string, result: string, ms: string, fuel: string, yields: string): void {
  const names = method.padEnd(22) + result.padEnd(34);
  console.log(names + ms.padStart(8) + fuel.padStart(14) + yields.padStart(8));
}

/** A call and, below it, what the guest logged meanwhile. */
function rowOfCall(call: string, result: unknown, report: CallReport): void {
  const { durationMs, fuel, yields } = report;
  row(call, JSON.stringify(result), durationMs.toFixed(1), fuel.toLocaleString("en"), `${yields}`);
  for (const line of logs.splice(0)) console.log(dim(`  stderr: ${line}`));
}

function printReport(report: CallReport): void {
  const cells = Object.entries(report).map(([name, value]) => {
    const text = typeof value === "number" ? Number(value.toFixed(1)) : JSON.stringify(value);
    return `${name.padEnd(13)}${text}`.padEnd(30);
  });
  while (cells.length > 0) console.log(dim(cells.splice(0, 3).join("").trimEnd()));
}
