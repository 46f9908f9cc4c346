/**
 * WebAssembly text to binary through binaryen, for what wabt cannot parse: garbage collection and typed references.
 *
 * @module
 */
import binaryen from "binaryen";

/** Assembles a module, without any optimisation. */
export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.All);
    return Uint8Array.from(module.emitBinary());
  } finally {
    module.dispose();
  }
}
