/**
 * What the benches share: a bench is a file that exports `rows`, and a line in the table of main.ts.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import process from "node:process";
import { loadPlugin, type ManifestInput, now, type Plugin, sleep } from "../../mod.ts";

/** One figure. */
export interface Row {
  /** What was measured, in snake case; after the name of what it was measured of and a dot, if the bench measures the same of several. */
  readonly name: string;
  readonly value: number;
  /** `"µs"`, `"ms"`, `"bytes"`, `"MB"`, `"MB/s"`, `"slices"`, `"units"`, `"%"`, `"×"`. */
  readonly unit: string;
  /** The figure that it must not exceed on a machine of two cores. */
  readonly atMost?: number;
  /** The figure that it must reach on such a machine. */
  readonly atLeast?: number;
  /** The figure must be the same in each runtime. */
  readonly exact?: true;
}

/** What a bench exports: its figures, each as soon as it is known. */
export type Rows = () => AsyncIterable<Row>;

/** An example plugin, through its manifest and what is to be different in it. */
export async function examplePlugin(
  name: string,
  change: Partial<ManifestInput> = {},
): Promise<Plugin> {
  const base = new URL(`../../manifests/${name}.json`, import.meta.url);
  const manifest = { ...JSON.parse(await readFile(base, "utf8")), ...change };
  return await loadPlugin(manifest, { base, host: { echo: (params) => params }, onLog: () => {} });
}

/** The test plugin, through its manifest. */
export function testPlugin(): Promise<Plugin> {
  return examplePlugin("test-plugin");
}

/** Runs `work` and answers what it took, in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = now();
  await work();
  return now() - start;
}

const REFERENCE_ROUNDS = 1_000_000;
const numbers = new Int32Array(1 << 14);

/**
 * What a fixed piece of plain JavaScript takes, in ms. On a machine whose cores are shared with others everything takes twice as
 * long at times; beside a figure in µs, this says in which of these times it was measured.
 */
export function reference(): number {
  const start = now();
  // Of several things at once: one after another would leave room for others on the same core.
  let a = 1, b = 2, c = 3, d = 4;
  for (let i = 0; i < REFERENCE_ROUNDS; i++) {
    a = (a + numbers[i & 0x3fff]) | 0;
    b = (b ^ i) + 1 | 0;
    c = (c + (i << 1)) | 0;
    d = (d - (i >> 1)) | 0;
  }
  numbers[0] = (a ^ b ^ c ^ d) & 1;
  return now() - start;
}

/** The value below which a share of `p` of the `values` lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * p), sorted.length - 1)];
}

/** Lets a timer beat every 5 ms from before `work` begins until it is done, and answers the largest gap between beats, in ms. */
export async function largestGap(work: () => Promise<unknown>): Promise<number> {
  let isWorking = true;
  let largest = 0;
  let last = now();
  const done = work().finally(() => isWorking = false);
  while (isWorking) {
    await sleep(5);
    const beat = now();
    largest = Math.max(largest, beat - last);
    last = beat;
  }
  await done;
  return largest;
}

/** The process's memory after a collection, where the runtime lets us ask for one. */
export async function residentBytes(): Promise<number> {
  const { gc, Bun } = globalThis as {
    gc?: () => void;
    Bun?: { gc(synchronous: boolean): void };
  };
  Bun?.gc(true);
  gc?.();
  // What finalizers free, they free in a later turn.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return process.memoryUsage().rss;
}
