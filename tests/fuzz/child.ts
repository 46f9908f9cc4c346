/**
 * Fuzzes in the runtime that runs this file: `child.ts SEED FIRST SECONDS FILE`, from module number FIRST on. Each module is in
 * FILE while it is worked on, should that not come to an end. Prints a {@linkcode Line} for each.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { compareModule, type Verdict } from "./compare.ts";
import { controlModule } from "./control.ts";
import { saveCrash } from "./crashes.ts";
import { findSeeds, mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { shrink } from "./shrink.ts";
import { binaryenModule } from "./wasm_opt.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a child prints, as JSON. */
export interface Line {
  /** Number of the module in the order of the seed. */
  readonly number: number;
  /** Who made it, and what came out. */
  readonly outcome: string;
  /** The first bug of its kind: where the module is, and what it shows. */
  readonly crash?: { readonly file: string; readonly problem: string };
}

/** How many mutants are made, at most, until one of them is valid. */
const MUTANTS = 50;
/** How long one module is shrunk, in ms. */
const PATIENCE = 20_000;

async function main(seed: number, first: number, seconds: number, file: string): Promise<void> {
  const until = performance.now() + seconds * 1000;
  const seeds = await findSeeds();
  const reported = new Set<string>();
  const compare = (bytes: Bytes) => {
    writeFileSync(file, bytes);
    return compareModule(bytes);
  };
  for (let number = first; performance.now() < until; number++) {
    const random = new Random(seed, number);
    const { by, bytes, verdict } = await fuzz(random, seeds, compare);
    const kind = kindOf(verdict);
    const isNew = kind !== undefined && !reported.has(kind);
    const line: Line = {
      number,
      outcome: `${by} ${verdict.status}`,
      crash: isNew ? await report(bytes, kind, compare) : undefined,
    };
    if (isNew) reported.add(kind);
    console.log(JSON.stringify(line));
  }
}

interface Finding {
  readonly by: string;
  readonly bytes: Bytes;
  readonly verdict: Verdict;
}

/** Makes one module and compares. */
async function fuzz(
  random: Random,
  seeds: readonly Bytes[],
  compare: (bytes: Bytes) => Verdict,
): Promise<Finding> {
  const by = random.pick(["binaryen", "control", "mutation"]);
  if (by !== "mutation") {
    const make = by === "binaryen" ? binaryenModule : controlModule;
    const bytes = await make(random);
    return { by, bytes, verdict: compare(bytes) };
  }
  const original = random.pick(seeds);
  for (let left = MUTANTS;; left--) {
    const bytes = mutate(original, seeds, random);
    const verdict = compare(bytes);
    if (verdict.status !== "invalid" || left === 0) return { by, bytes, verdict };
  }
}

/** What kind of bug it is, if it is one. */
function kindOf({ problem }: Verdict): string | undefined {
  return problem?.split(":")[0];
}

/** Shrinks a module that has shown a bug, and puts it where the tests find it. */
async function report(bytes: Bytes, kind: string, compare: (bytes: Bytes) => Verdict) {
  const shows = (candidate: Bytes) => kindOf(compare(candidate)) === kind;
  const small = shrink(bytes, shows, performance.now() + PATIENCE);
  return { file: await saveCrash(kind, small), problem: compare(small).problem! };
}

// Binaryen's program may fail in its own ways, in promises that nobody sees.
process.on("unhandledRejection", () => {});

const [seed, first, seconds, file] = process.argv.slice(2);
try {
  await main(Number(seed), Number(first), Number(seconds), file);
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
