/**
 * Looks at modules from outside: exports what they keep to themselves, and makes what they import.
 *
 * @module
 */
import { Reader, Writer } from "../../lib/wasm/bytes.ts";
import { type Module, ORDER, parseModule, SECTION } from "../../lib/wasm/module.ts";
import { readValueType } from "../../lib/wasm/types.ts";

/** What the names of added exports begin with. */
export const EXPOSED = "fuzz:";

const KIND = { table: 1, memory: 2, global: 3 };

/** The module with all its memories, tables and globals exported under names that begin with {@linkcode EXPOSED}. */
export function expose(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const module = parseModule(bytes);
  const counts = {
    table: module.tableCount,
    memory: module.memoryCount,
    global: module.globalCount,
  };
  const old = module.sections.find(({ id }) => id === SECTION.export);
  const reader = old && new Reader(bytes, old.body, old.end);
  const body = new Writer();
  body.u32((reader?.u32() ?? 0) + counts.table + counts.memory + counts.global);
  if (reader !== undefined) body.bytes(bytes, reader.pos, reader.end);
  for (const [kind, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index++) {
      body.name(`${EXPOSED}${kind}${index}`);
      body.u8(KIND[kind as keyof typeof KIND]);
      body.u32(index);
    }
  }
  const rank = ORDER.indexOf(SECTION.export);
  const next = module.sections.find(({ id }) => ORDER.indexOf(id) > rank);
  const at = old?.start ?? next?.start ?? bytes.length;
  const out = new Writer(bytes.length);
  out.bytes(bytes, 0, at);
  out.section(SECTION.export, body);
  out.bytes(bytes, old?.end ?? at, bytes.length);
  return out.finish();
}

/** Type of a global that is imported. */
export interface GlobalType {
  /** Name of the value's type. */
  readonly value: string;
  /** Whether it can be set. */
  readonly mutable: boolean;
}

/** Types of the globals that a module imports, in order; the module's outline leaves them out. */
export function importedGlobals({ bytes, sections }: Module): GlobalType[] {
  const section = sections.find(({ id }) => id === SECTION.import);
  if (section === undefined) return [];
  const reader = new Reader(bytes, section.body, section.end);
  const found: GlobalType[] = [];
  const skipLimits = () => {
    const hasMaximum = (reader.u8() & 1) !== 0;
    for (let left = hasMaximum ? 2 : 1; left > 0; left--) reader.u64();
  };
  for (let left = reader.u32(); left > 0; left--) {
    reader.name();
    reader.name();
    switch (reader.u8()) {
      case 0: // function
        reader.u32();
        break;
      case 1: // table
        readValueType(reader);
        skipLimits();
        break;
      case 2: // memory
        skipLimits();
        break;
      case 3:
        found.push({ value: readValueType(reader), mutable: reader.u8() !== 0 });
        break;
      case 4: // tag
        reader.u8();
        reader.u32();
    }
  }
  return found;
}
