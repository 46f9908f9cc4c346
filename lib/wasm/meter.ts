/**
 * Fuel in the bytecode: rewrites a module so that it counts what it runs and asks its host, through a hook, for leave to go on.
 *
 * @module
 */

import { LoadError, quote, reasonOf } from "../errors.ts";
import type { MeterAbi, MeterMemory } from "./abi.ts";
import { checkShape } from "./ceilings.ts";
import { type Module, parseModule } from "./module.ts";
import { functionNames } from "./names.ts";
import { rewrite } from "./rewrite.ts";

/** What {@linkcode meterModule} does besides metering. */
export interface MeterOptions {
  /**
   * `"import"` (the default): the memory that the module defines becomes an import, so that the host can bound and reuse it; a
   * module with a memory that the host could not bound (imported, shared, 64-bit, a second one) is refused. `"own"`: memories
   * stay as they are.
   */
  readonly memory?: "import" | "own";
  /** The most pages (64 KiB) that an imported memory may have; the module's own maximum if that is less. Default: 65,536. */
  readonly maxPages?: number;
  /**
   * The most elements that the tables which the module defines may have together; each gets an equal part, or its own maximum if
   * that is less. Growing beyond it fails as `table.grow` can. Default: what the module says.
   */
  readonly maxElements?: number;
  /**
   * The most bytes of structures and arrays (garbage collection) that an instance may make: 16 each, and what their fields or
   * elements take, 8 for a reference. An exception with more than 16 bytes of values takes 16 and four times its values. What the
   * engine has collected does not come back. Who makes more traps, and {@linkcode MeterAbi.growFailed} says so. Default: not counted.
   */
  readonly maxAllocated?: number;
  /**
   * Call the hook after each `memory.grow` and `table.grow` too, however much fuel is left: growing takes some engines long, the more
   * so the more there is already. Default: false.
   */
  readonly callsAfterGrowth?: boolean;
  /**
   * Count too how much fuel each function burns: see {@linkcode MeterAbi.profile}. The module burns as much as without, and takes
   * longer. Its engine has to know multiple memories.
   */
  readonly profile?: boolean;
}

/** The prefix of every name that metering adds. */
const PREFIX = "__rt_";
const FIGURES = ["maxPages", "maxElements", "maxAllocated"] as const;
const OPTIONS = new Set<string>(["memory", ...FIGURES, "callsAfterGrowth", "profile"]);
/** The most pages that a 32-bit memory can have. */
const MAX_PAGES = 65_536;

/**
 * Meters a module: the result runs as before, and counts. Synchronous and pure.
 *
 * Each operator costs 0 or 1 unit of fuel, each function entry 1, each bulk operator its run-time length on top; a function without
 * loops, unless that is beyond 2^20, costs its most expensive path. The same module and input burn the same fuel on every engine.
 *
 * Nothing of the module's interface changes but what {@linkcode MeterAbi} names: the added exports come last, the added import
 * too, and no index changes. Names that begin with `__rt_` are ours.
 *
 * @param bytes Any module that the engine at hand validates.
 * @param options See {@linkcode MeterOptions}.
 * @returns The metered module's bytes, and the names by which to drive it.
 * @throws {LoadError} `wasm_invalid`: the engine does not validate it, with the engine's reason. `wasm_unsupported`: an instruction
 * that is not known here, an export or an import's module whose name begins with `__rt_`, a memory that `"import"` cannot take
 * over, more at the start than `maxPages`, `maxElements` or `maxAllocated` allow, more custom sections (1,000), recursion groups of
 * types (20,000) or operands in a function (65,535) than engines can be trusted with, or what metering would bring over a limit of
 * theirs.
 *
 * @example
 * ```ts
 * import { meterModule } from "@wasm-plugin/rt";
 *
 * // (module (func (export "f")))
 * const wasm = Uint8Array.from(
 *   [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 4, 1, 2, 0, 11],
 * );
 * const { bytes, abi } = meterModule(wasm, { memory: "own" });
 * const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
 * const fuel = exports[abi.fuel] as WebAssembly.Global;
 * fuel.value = 1000;
 * (exports.f as () => void)();
 * console.log(1000 - fuel.value); // 1
 * ```
 */
export function meterModule(
  bytes: Uint8Array,
  options: MeterOptions = {},
): { bytes: Uint8Array<ArrayBuffer>; abi: MeterAbi } {
  for (const key of Object.keys(options)) {
    if (!OPTIONS.has(key)) throw new TypeError(`Cannot meter: unknown option ${quote(key)}`);
  }
  for (const name of FIGURES) {
    const figure = options[name];
    if (figure === undefined || Number.isSafeInteger(figure) && figure >= 0) continue;
    throw new TypeError(`Cannot meter: ${name} must be an integer from 0 on`);
  }
  const module = parseModule(bytes);
  // Before the engine sees it: for some of these shapes one takes minutes, or ends the process.
  checkShape(module);
  validate(bytes);
  const taken = module.exports.find(({ name }) => name.startsWith(PREFIX));
  if (taken !== undefined) {
    throw unsupported(`export ${quote(taken.name)}: names that begin with ${PREFIX} are reserved`);
  }
  const asked = module.imports.find((each) => each.module.startsWith(PREFIX));
  if (asked !== undefined) {
    throw unsupported(
      `import from ${quote(asked.module)}: names that begin with ${PREFIX} are reserved`,
    );
  }
  const abi: MeterAbi = {
    fuel: `${PREFIX}fuel`,
    hook: `${PREFIX}hook`,
    growFailed: `${PREFIX}grow_failed`,
    start: module.start === undefined ? undefined : `${PREFIX}start`,
    memory: options.memory === "own"
      ? undefined
      : takeMemory(module, options.maxPages ?? MAX_PAGES),
    profile: options.profile === true
      ? { memory: `${PREFIX}profile`, functions: functionNames(module) }
      : undefined,
  };
  const bounds = {
    elements: boundTables(module, options.maxElements),
    allocated: boundAllocation(module, options.maxAllocated),
    callsAfterGrowth: options.callsAfterGrowth === true,
  };
  return { bytes: rewrite(module, abi, bounds), abi };
}

/** Only a valid module can be metered: in an invalid one, code could name by index what metering adds. */
function validate(bytes: Uint8Array): void {
  const source = bytes as Uint8Array<ArrayBuffer>;
  if (WebAssembly.validate(source)) return;
  let reason = "the engine gives no reason";
  try {
    new WebAssembly.Module(source);
  } catch (error) {
    reason = reasonOf(error);
  }
  throw new LoadError("wasm_invalid", `invalid wasm: ${reason}`);
}

/** The import that takes the place of the memory that the module defines, if it does. */
function takeMemory(module: Module, maxPages: number): MeterMemory | undefined {
  if (module.memoryCount === 0) return undefined;
  const [memory] = module.memories;
  if (memory === undefined) throw unsupported("imported memory");
  if (module.memoryCount > 1) throw unsupported(`${module.memoryCount} memories`);
  if (memory.shared) throw unsupported("shared memory");
  if (memory.is64) throw unsupported("64-bit memory");
  if (memory.minimum > maxPages) {
    throw unsupported(
      `memory of ${memory.minimum} pages at the start, where ${maxPages} are allowed`,
    );
  }
  return {
    module: `${PREFIX}host`,
    name: `${PREFIX}memory`,
    initial: memory.minimum,
    maximum: Math.min(memory.maximum ?? MAX_PAGES, maxPages),
  };
}

/** The most elements that each table may have, if there is a bound. */
function boundTables({ tables }: Module, most: number | undefined): number | undefined {
  if (most === undefined || tables.length === 0) return undefined;
  const each = Math.floor(most / tables.length);
  for (const { minimum } of tables) {
    if (minimum <= each) continue;
    const share = tables.length > 1 ? ` in each of ${tables.length}` : "";
    throw unsupported(
      `table of ${minimum} elements at the start, where ${each} are allowed${share}`,
    );
  }
  return each;
}

/** The bytes of structures and arrays that code may make on top of those that constants are, if there is a bound. */
function boundAllocation(
  { constantBytes }: Module,
  most: number | undefined,
): number | undefined {
  if (most === undefined) return undefined;
  if (constantBytes <= most) return most - constantBytes;
  const what = constantBytes === Infinity
    ? "arrays of which an import decides the length"
    : `${constantBytes} bytes of structures and arrays`;
  throw unsupported(`${what} at the start, where ${most} bytes are allowed`);
}

function unsupported(what: string): LoadError {
  return new LoadError("wasm_unsupported", `unsupported wasm: ${what}`);
}
