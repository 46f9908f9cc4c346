/**
 * WebAssembly text to binary through binaryen, for what wabt cannot parse: garbage collection and typed references.
 *
 * @module
 */
import binaryen from "binaryen";

/** All but an encoding of imports that no engine knows; its type declaration lacks the name. */
const { All, CompactImports } = binaryen.Features as unknown as Record<string, number>;

/** Assembles a module, without any optimisation. */
export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(All & ~CompactImports);
    return Uint8Array.from(module.emitBinary());
  } finally {
    module.dispose();
  }
}
