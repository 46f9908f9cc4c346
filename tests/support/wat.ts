/**
 * WebAssembly text to binary, for the tests' hand-written guests.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import initWabt from "wabt";

// Everything that wabt can parse: a fixture may use any proposal, the code under test decides.
export const FEATURES = {
  annotations: true,
  bulk_memory: true,
  code_metadata: true,
  exceptions: true,
  extended_const: true,
  function_references: true,
  gc: true,
  memory64: true,
  multi_memory: true,
  multi_value: true,
  mutable_globals: true,
  reference_types: true,
  relaxed_simd: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  tail_call: true,
  threads: true,
};

const FIXTURES = new URL("../fixtures/", import.meta.url);
const compiled = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

/**
 * Assembles a module. Results are cached by text; each caller gets bytes of its own.
 *
 * @throws Error with wabt's message and position when the text is not valid
 */
export function wat(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return assemble("inline.wat", text);
}

/** Assembles `tests/fixtures/<path>`. */
export async function watFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return assemble(path, await readFile(new URL(path, FIXTURES), "utf8"));
}

/** The text of a module, one instruction a line. */
export async function toWat(bytes: Uint8Array): Promise<string> {
  const module = (await wabt()).readWasm(bytes, { ...FEATURES, readDebugNames: true });
  try {
    return module.toText({});
  } finally {
    module.destroy();
  }
}

async function assemble(name: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = compiled.get(text);
  if (bytes === undefined) compiled.set(text, bytes = compile(name, text));
  return (await bytes).slice();
}

async function compile(name: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const module = (await wabt()).parseWat(name, text, FEATURES);
  // Its type declaration lacks the parameter. With typed references on, it does not take a function for a funcref.
  const validate: (features: Record<string, boolean>) => void = module.validate;
  try {
    validate.call(module, { ...FEATURES, function_references: false, gc: false });
    return Uint8Array.from(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}

let loading: ReturnType<typeof initWabt> | undefined;

function wabt(): ReturnType<typeof initWabt> {
  return loading ??= initWabt();
}
