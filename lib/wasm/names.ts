/**
 * What to call functions when people are to read of them.
 *
 * @see https://webassembly.github.io/spec/core/appendix/custom.html#name-section
 * @module
 */

import { Reader } from "./bytes.ts";
import type { Module } from "./outline.ts";

const FUNCTION_NAMES = 1;

/** By function index: its name in the `name` section, else one by which it is exported or imported, else its number. */
export function functionNames(module: Module): string[] {
  const { bytes, sections, imports, exports, functionCount } = module;
  const names = Array.from({ length: functionCount }, (_, index) => `function ${index}`);
  imports.filter(({ kind }) => kind === "func")
    .forEach(({ module, name }, index) => names[index] = `${module}.${name}`);
  for (const { kind, name, index } of exports) if (kind === "func") names[index] = name;
  const section = sections.find(({ name }) => name === "name");
  if (section !== undefined) readNames(new Reader(bytes, section.body, section.end), names);
  return names;
}

/** Reads up to where the section is broken, if it is: engines do not look at it, so nobody has said that it is sound. */
function readNames(reader: Reader, names: string[]): void {
  try {
    while (!reader.done) {
      const id = reader.u8();
      const part = reader.sub(reader.u32());
      if (id !== FUNCTION_NAMES) continue;
      for (let left = part.count(2); left > 0; left--) {
        const index = part.u32(), name = part.name();
        if (index < names.length && name !== "") names[index] = name;
      }
    }
  } catch {
    // What was read before it stands.
  }
}
