/**
 * Fixed bounds on modules: on their size, on what they may take of the engine's own memory, and on their shape, for what engines
 * have trouble with.
 *
 * @module
 */

import { LoadError } from "../errors.ts";
import { OperandScanner } from "./operands.ts";
import { type Module, SECTION } from "./outline.ts";

/** The most bytes of a module. */
export const MAX_MODULE_BYTES: number = 256 * 2 ** 20;

/** The most elements of all tables of an instance. */
export const MAX_TABLE_ELEMENTS = 1_000_000;

/**
 * The most exports of a guest, and the most elements of its active segments. All are made anew for each call, before the guest runs
 * and so before anything can interrupt it: with 900,000 exports that took 1.5 s, with 100,000,000 elements 3 s.
 */
export const MAX_EXPORTS = 10_000, MAX_ACTIVE_ELEMENTS = 200_000;

/** The most custom sections. JavaScriptCore's validation takes time with the square of their number: 3.5 s for 20,000. */
export const MAX_CUSTOM_SECTIONS = 1000;

/** The most recursion groups of types; the same: 0.1 s for 20,000, 1.4 s for 100,000. */
export const MAX_RECURSION_GROUPS = 20_000;

/** The most operands on the stack of a function. With one more, JavaScriptCore may end the process while it validates a branch. */
export const MAX_OPERANDS = 65_535;

/** How many bytes an instruction has at least that leaves more operands than it takes. */
const BYTES_PER_PUSH = 2;

/**
 * Refuses a module that is over one of these ceilings. It need not be valid; that is for the engine to say.
 *
 * @throws {LoadError} `wasm_unsupported`, with figure and ceiling, or as a body cannot be decoded.
 */
export function checkShape(module: Module): void {
  const { sections, recursionGroups, bodies, functionCount } = module;
  const customSections = sections.filter(({ id }) => id === SECTION.custom).length;
  check(customSections, MAX_CUSTOM_SECTIONS, "custom sections");
  check(recursionGroups, MAX_RECURSION_GROUPS, "recursion groups");

  const firstDefined = functionCount - bodies.starts.length;
  // In a shorter body there cannot be so many, and few are longer.
  const unsuspicious = BYTES_PER_PUSH * MAX_OPERANDS / mostPushed(module);
  let scanner: OperandScanner | undefined;
  bodies.starts.forEach((start, i) => {
    const end = bodies.ends[i];
    if (end - start <= unsuspicious) return;
    scanner ??= new OperandScanner(module);
    const where = `operands on the stack of function ${firstDefined + i}`;
    check(scanner.most(start, end), MAX_OPERANDS, where);
  });
}

/**
 * Refuses a guest that it would take long to instantiate.
 *
 * @throws {LoadError} `wasm_unsupported`, with figure and ceiling.
 */
export function checkInstantiation({ exports, activeElements }: Module): void {
  check(exports.length, MAX_EXPORTS, "exports");
  check(activeElements, MAX_ACTIVE_ELEMENTS, "elements in active segments");
}

/** The most operands that one instruction can add: the results of a call or a block, or what a handler gets. */
function mostPushed({ types, tags }: Module): number {
  let most = 1;
  for (const type of types) if (type.kind === "func") most = Math.max(most, type.results);
  for (const index of tags) {
    const type = types[index];
    if (type.kind === "func") most = Math.max(most, type.params);
  }
  return most;
}

function check(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new LoadError(
    "wasm_unsupported",
    `unsupported wasm: ${count} ${what}, of which ${most} are allowed`,
  );
}
