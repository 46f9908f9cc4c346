/**
 * Runs the actions of a script from inside wasm, since JavaScript cannot pass a `v128` nor the payload of a NaN.
 *
 * @module
 */
import { parseModule } from "../../lib/wasm/module.ts";
import { wat } from "../support/wat.ts";
import type { Action } from "./script.ts";

/** An action, and the patterns of which each of its results must match one. */
export interface Step {
  readonly action: Action;
  readonly results: readonly (readonly string[])[];
}

/** A module with functions that run and check some actions on another module. */
export class Driver {
  readonly #module: WebAssembly.Module;
  readonly #steps: readonly Step[];
  /** By step: types of the results. */
  readonly #types: readonly (readonly string[])[];

  private constructor(
    module: WebAssembly.Module,
    steps: readonly Step[],
    types: readonly (readonly string[])[],
  ) {
    this.#module = module;
    this.#steps = steps;
    this.#types = types;
  }

  /** Makes the driver for the steps that are on the module `binary`. */
  static async make(binary: Uint8Array, steps: readonly Step[]): Promise<Driver> {
    const signatures = functionSignatures(binary);
    const fields: string[] = [];
    const types = steps.map(({ action, results }, i) => {
      const target = quoteWat(action.field);
      const [params, types] = action.kind === "get"
        ? [[], [constantType(results[0][0])]]
        : signatures.get(action.field)!;
      fields.push(
        action.kind === "get"
          ? `(import "module" ${target} (global $${i} ${types[0]}))`
          : `(import "module" ${target} (func $${i} (param ${params.join(" ")}) (result ${
            types.join(" ")
          })))`,
      );
      return types;
    });
    fields.push(`(import "driver" "memory" (memory 1))`);
    steps.forEach(({ action, results }, i) => {
      const run = action.kind === "get" ? "global.get" : "call";
      fields.push(storing(`${i}`, types[i], [`(${run} $${i} ${action.args.join(" ")})`]));
      const patterns = results.flat();
      fields.push(storing(`${i}=`, patterns.map(constantType), patterns.map(constant)));
    });
    const module = new WebAssembly.Module(await wat(`(module ${fields.join("\n")})`));
    return new Driver(module, steps, types);
  }

  /**
   * Connects the driver to an instance of the module.
   *
   * @returns What runs a step: `undefined` if it results in what it must, otherwise the results' bits.
   */
  attach(module: WebAssembly.Exports): (step: number) => string | undefined {
    const { exports } = new WebAssembly.Instance(this.#module, { module, driver: { memory } });
    const run = (name: string, count: number) => {
      const bytes = new Uint8Array(memory.buffer, 0, STRIDE * count).fill(0);
      (exports[name] as () => void)();
      return Array.from({ length: count }, (_, i) => bytes.slice(STRIDE * i, STRIDE * (i + 1)));
    };
    return (step) => {
      const actual = run(`${step}`, this.#types[step].length);
      const { results } = this.#steps[step];
      const expected = run(`${step}=`, results.flat().length);
      let next = 0;
      const holds = actual.length === results.length && results.every((patterns, i) => {
        const some = patterns.map((pattern) =>
          matches(actual[i], expected[next++], nanMask(pattern))
        );
        return some.includes(true);
      });
      if (holds) return undefined;
      return actual.map((bytes) => bytes.toHex()).join() || "nothing";
    };
  }
}

/** Values lie this many bytes apart in the memory. */
const STRIDE = 16;
/** One for all drivers, since a memory is slow to make on some engines. */
const memory = new WebAssembly.Memory({ initial: 1 });

/** A function that runs `code` and stores all that it leaves on the stack. */
function storing(name: string, types: readonly string[], code: readonly string[]): string {
  const locals = types.map((type, i) => `(local $${i} ${type})`);
  const sets = types.map((_, i) => `local.set $${i}`).reverse();
  const stores = types.map((type, i) => {
    const at = `i32.const ${STRIDE * i} local.get $${i}`;
    return type.endsWith("ref") ? `${at} ref.is_null i32.store` : `${at} ${type}.store`;
  });
  return `(func (export "${name}") ${[...locals, ...code, ...sets, ...stores].join(" ")})`;
}

/** The type of a constant; of references only that is looked at whether they are null. */
function constantType(pattern: string): string {
  return /^\((\w+)\.const/.exec(pattern)?.[1] ?? "i32";
}

/** The instruction for a result pattern. */
function constant(pattern: string): string {
  if (pattern.startsWith("(ref.")) return `(i32.const ${pattern.startsWith("(ref.null") ? 1 : 0})`;
  return pattern.replaceAll(/nan:(canonical|arithmetic)/g, "nan");
}

/** The bits that a pattern leaves open: of a canonical NaN the sign, of an arithmetic one all but what makes it a quiet NaN. */
function nanMask(pattern: string): Uint8Array {
  const open = new Uint8Array(STRIDE);
  const [type, ...rest] = pattern.slice(1, -1).trim().split(/\s+/);
  const shape = type === "v128.const" ? rest.shift()! : type;
  const width = shape.startsWith("f64") ? 8 : 4;
  rest.forEach((lane, i) => {
    const top = (i + 1) * width - 1;
    if (lane === "nan:canonical") open[top] = 0x80;
    if (lane === "nan:arithmetic") {
      open.fill(0xff, i * width, top - 1);
      open[top - 1] = width === 8 ? 0x07 : 0x3f;
      open[top] = 0x80;
    }
  });
  return open;
}

function matches(actual: Uint8Array, expected: Uint8Array, open: Uint8Array): boolean {
  return actual.every((byte, i) => (byte | open[i]) === (expected[i] | open[i]));
}

/** By export name: types of the parameters and of the results. */
function functionSignatures(binary: Uint8Array): Map<string, [string[], string[]]> {
  const { exports, imports, functionTypes, types } = parseModule(binary);
  const indices = [
    ...imports.flatMap(({ kind, type }) => kind === "func" ? [type!] : []),
    ...functionTypes,
  ];
  const found = new Map<string, [string[], string[]]>();
  for (const { kind, name, index } of exports) {
    const type = types[indices[index]];
    if (kind !== "func" || type.kind !== "func") continue;
    const [params, results] = type.signature.split("->")
      .map((list) => list === "" ? [] : list.split(","));
    found.set(name, [params, results]);
  }
  return found;
}

function quoteWat(text: string): string {
  return `"${[...new TextEncoder().encode(text)].map(escape).join("")}"`;
}

function escape(byte: number): string {
  return `\\${byte.toString(16).padStart(2, "0")}`;
}
