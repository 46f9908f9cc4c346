/**
 * Lets Bun run the suite: `bun test --preload ./tests/support/bun.ts`.
 *
 * Maps `Deno.test`, in each of its shapes, to `bun:test`, and serves `@std/assert` from the local
 * package that the root deno.json links.
 *
 * @module
 */
import * as stdAssert from "../std_assert/mod.ts";

type TestFn = (t: Context) => void | Promise<void>;

interface Options {
  name?: string;
  fn?: TestFn;
  ignore?: boolean;
  only?: boolean;
}

interface Definition extends Options {
  name: string;
  fn: TestFn;
}

/** What a test function is given, as in Deno. */
interface Context {
  readonly name: string;
  readonly origin: string;
  readonly parent?: Context;
  /** Runs a part of the test; resolves to false, never rejects, when it failed or is ignored. */
  step(...args: unknown[]): Promise<boolean>;
}

interface BunTest {
  mock: { module(specifier: string, exports: () => unknown): void };
  test: Register & { skip: Register; only: Register };
}

type Register = (name: string, fn: () => Promise<void>, timeoutMs: number) => void;

// Not a literal, or Deno would try to resolve it when it type-checks this file.
const specifier: string = "bun:test";
const bun: BunTest = await import(specifier);

// Deno has no timeout of its own; this one only ends a test that hangs. (Bun's setDefaultTimeout is for the first file only.)
const TIMEOUT_MS = 300_000;
bun.mock.module("@std/assert", () => stdAssert);

const denoTest = Object.assign((...args: unknown[]) => register(args), {
  ignore: (...args: unknown[]) => register(args, { ignore: true }),
  only: (...args: unknown[]) => register(args, { only: true }),
});
Object.assign(globalThis, { Deno: { test: denoTest } });

function register(args: readonly unknown[], forced: Options = {}): void {
  const { name, fn, ignore, only } = { ...definition(args), ...forced };
  const add = ignore ? bun.test.skip : only ? bun.test.only : bun.test;
  add(name, () => run(name, fn), TIMEOUT_MS);
}

/** Reads any of Deno's shapes: (name, fn), (fn), (definition), (name | options, options?, fn). */
function definition(args: readonly unknown[]): Definition {
  const found: Options = {};
  for (const arg of args) {
    if (typeof arg === "string") found.name = arg;
    else if (typeof arg === "function") found.fn = arg as TestFn;
    else Object.assign(found, arg);
  }
  const { fn, name = fn?.name } = found;
  if (!fn || !name) throw new TypeError("a test needs a name and a function");
  return { ...found, name, fn };
}

async function run(name: string, fn: TestFn, parent?: Context): Promise<void> {
  const failed: string[] = [];
  const context: Context = {
    name,
    origin: import.meta.url,
    parent,
    async step(...args) {
      const step = definition(args);
      if (step.ignore) return false;
      try {
        await run(step.name, step.fn, context);
        return true;
      } catch (error) {
        failed.push(step.name);
        console.error(`step "${step.name}" of "${name}":`, error);
        return false;
      }
    },
  };
  await fn(context);
  if (failed.length > 0) throw new Error(`failed steps of "${name}": ${failed.join(", ")}`);
}
