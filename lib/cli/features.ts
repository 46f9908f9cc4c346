import { Reader } from "../wasm/bytes.ts";
import type { Module } from "../wasm/module.ts";
import {
  type Opcode,
  OPCODES,
  readOpcode,
  skipImmediates,
  skipValueType,
} from "../wasm/opcodes.ts";

/** Which instructions came with which proposal: prefix, first and last code, the name that tools give it. */
const RANGES: readonly (readonly [prefix: number, first: number, last: number, name: string])[] = [
  [0, 0x06, 0x0a, "exception-handling"],
  [0, 0x12, 0x13, "tail-call"],
  [0, 0x14, 0x14, "function-references"],
  [0, 0x15, 0x15, "tail-call"],
  [0, 0x18, 0x19, "exception-handling"],
  [0, 0x1c, 0x1c, "reference-types"],
  [0, 0x1f, 0x1f, "exception-handling"],
  [0, 0x25, 0x26, "reference-types"],
  [0, 0xc0, 0xc4, "sign-ext"],
  [0, 0xd0, 0xd2, "reference-types"],
  [0, 0xd3, 0xd3, "gc"],
  [0, 0xd4, 0xd6, "function-references"],
  [0xfb, 0x00, 0x1e, "gc"],
  [0xfc, 0x00, 0x07, "nontrapping-fptoint"],
  [0xfc, 0x08, 0x0e, "bulk-memory"],
  [0xfc, 0x0f, 0x11, "reference-types"],
  [0xfc, 0x13, 0x16, "wide-arithmetic"],
  [0xfd, 0x00, 0xff, "simd128"],
  [0xfd, 0x100, 0x113, "relaxed-simd"],
  [0xfe, 0x00, 0x4e, "atomics"],
];

const FEATURE_OF = new Map<Opcode, string>();
for (const opcode of OPCODES) {
  const found = RANGES.find(([prefix, first, last]) =>
    opcode.prefix === prefix && opcode.code >= first && opcode.code <= last
  );
  if (found) FEATURE_OF.set(opcode, found[3]);
}

/**
 * What a module uses beyond the first version of WebAssembly, by the names of the proposals, sorted.
 * Read off its code, types, memories and tables, not off what a `target_features` section claims.
 */
export function listFeatures(module: Module): string[] {
  const { bytes, types, imports, memoryCount, bodies } = module;
  const memories = [...imports.flatMap(({ memory }) => memory ?? []), ...module.memories];
  const tables = [...imports.flatMap(({ table }) => table ?? []), ...module.tables];
  const found = new Set<string>();
  if (types.some((type) => type.kind === "func" && type.results > 1)) found.add("multivalue");
  if (types.some(({ kind }) => kind !== "func")) found.add("gc");
  if ([...memories, ...tables].some(({ is64 }) => is64)) found.add("memory64");
  if (memories.some(({ shared }) => shared)) found.add("atomics");
  if (memoryCount > 1) found.add("multimemory");
  bodies.starts.forEach((start, index) => {
    const reader = new Reader(bytes, start, bodies.ends[index]);
    for (let groups = reader.count(2); groups > 0; groups--) {
      reader.u32();
      skipValueType(reader);
    }
    while (!reader.done) {
      const opcode = readOpcode(reader);
      const feature = FEATURE_OF.get(opcode);
      if (feature !== undefined) found.add(feature);
      if (hasTypeIndex(opcode, reader)) found.add("multivalue");
      skipImmediates(reader, opcode);
    }
  });
  return [...found].sort();
}

/** Whether it is a block whose type is that of a function: one with params, or several results. */
function hasTypeIndex({ immediates }: Opcode, reader: Reader): boolean {
  if (immediates[0] !== "blocktype") return false;
  const { pos } = reader;
  const code = reader.s33();
  reader.pos = pos;
  return code >= 0;
}
