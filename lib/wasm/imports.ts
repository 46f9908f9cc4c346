/**
 * What a module asks of its host and offers to it, against what a WASI command may.
 *
 * @module
 */

import { LoadError, type LoadErrorCode, quote } from "../errors.ts";
import type { Import, Module } from "./outline.ts";

/** A reason not to run a module. */
export interface InterfaceProblem {
  /** Code of the error that it becomes. */
  readonly code: LoadErrorCode;
  /** Which import or export it is about, and what is wrong with it. */
  readonly message: string;
}

/** How many problems a message names; a module can have a million. */
const MOST_NAMED = 100;

/**
 * Refuses a module that is not a WASI command that this host can run: see {@linkcode interfaceProblems}.
 *
 * @throws {LoadError} with the code of the first problem; its message names each problem of that code, up to 100.
 */
export function checkInterface(
  module: Module,
  wanted: ReadonlyMap<string, string>,
  moduleName: string,
): void {
  const problems = interfaceProblems(module, wanted, moduleName);
  if (problems.length === 0) return;
  const { code } = problems[0];
  const messages = problems.filter((problem) => problem.code === code).map(({ message }) =>
    message
  );
  const more = messages.splice(MOST_NAMED).length;
  if (more > 0) messages.push(`and ${more} more`);
  throw new LoadError(code, messages.join("; "));
}

/**
 * All that stands in the way of running a module.
 *
 * - `import_denied`: anything but a function of `moduleName` that is in `wanted`, with the signature there.
 * - `wasm_unsupported`: a memory that is shared, has 64-bit addresses, or is not the only one, so that no limit could bound it.
 * - `export_missing`: there is no function `_start` of type `->`, or the memory is not exported as `memory`.
 *
 * @param module The module.
 * @param wanted By name: the signature of each function that there is, such as `i32,i64->i32`.
 * @param moduleName Where the functions are imported from.
 */
export function interfaceProblems(
  module: Module,
  wanted: ReadonlyMap<string, string>,
  moduleName: string,
): InterfaceProblem[] {
  return [
    ...problems("import_denied", module.imports, (it) => denial(module, it, wanted, moduleName)),
    ...problems("wasm_unsupported", [module], unboundedMemory),
    ...problems("export_missing", [module], missingStart),
    ...problems("export_missing", [module], missingMemory),
  ];
}

function* problems<T>(
  code: LoadErrorCode,
  items: readonly T[],
  find: (item: T) => string | undefined,
): Generator<InterfaceProblem> {
  for (const item of items) {
    const message = find(item);
    if (message !== undefined) yield { code, message };
  }
}

function denial(
  module: Module,
  { module: from, name, kind, type }: Import,
  wanted: ReadonlyMap<string, string>,
  moduleName: string,
): string | undefined {
  const which = `import ${quote(from)} ${quote(name)}`;
  if (kind !== "func") return `${which} is a ${kind}, only functions can be imported`;
  if (from !== moduleName) return `${which} is not of ${quote(moduleName)}`;
  const expected = wanted.get(name);
  if (expected === undefined) return `${which} is unknown`;
  const actual = signatureOf(module, type!);
  if (actual !== expected) return `${which} has the signature ${actual}, not ${expected}`;
}

function unboundedMemory({ memories }: Module): string | undefined {
  if (memories.length > 1) return `there are ${memories.length} memories, only one can be bounded`;
  if (memories.some(({ is64 }) => is64)) return "the memory has 64-bit addresses";
  if (memories.some(({ shared }) => shared)) return "the memory is shared";
}

function missingStart(module: Module): string | undefined {
  const start = module.exports.find(({ name }) => name === "_start");
  if (start?.kind !== "func") return 'there is no exported function "_start", so it is no command';
  const signature = signatureOf(module, typeOfFunction(module, start.index));
  if (signature !== "->") return `function "_start" has the signature ${signature}, not ->`;
}

function missingMemory({ exports }: Module): string | undefined {
  const memory = exports.find(({ name }) => name === "memory");
  if (memory?.kind !== "memory") return 'there is no exported memory "memory"';
}

function typeOfFunction({ imports, functionTypes, functionCount }: Module, index: number): number {
  const imported = functionCount - functionTypes.length;
  return index < imported
    ? imports.filter(({ kind }) => kind === "func")[index].type!
    : functionTypes[index - imported];
}

function signatureOf({ types }: Module, index: number): string {
  const type = types[index];
  // The outline has made sure that functions have function types.
  return type.kind === "func" ? type.signature : type.kind;
}
