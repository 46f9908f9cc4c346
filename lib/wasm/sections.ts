/**
 * Reads the content of a module's sections into its outline.
 *
 * @see https://webassembly.github.io/spec/core/binary/modules.html#sections
 * @module
 */

import { OBJECT_BYTES } from "./allocation.ts";
import type { Reader } from "./bytes.ts";
import { readConstant, readFunctionIndex, readReference } from "./constants.ts";
import {
  type Draft,
  type Kind,
  KINDS,
  type Memory,
  SECTION,
  type Table,
  type Type,
} from "./outline.ts";
import { FunctionType, readFieldSize, readValueType, skipValueType } from "./types.ts";

/** By section id: what reads the content. The other sections are only delimited. */
export const CONTENT: { readonly [id: number]: (module: Draft, reader: Reader) => void } = {
  [SECTION.type]: readTypes,
  [SECTION.import]: readImports,
  [SECTION.function]: readFunctions,
  [SECTION.table]: readTables,
  [SECTION.memory]: readMemories,
  [SECTION.tag]: readTags,
  [SECTION.global]: readGlobals,
  [SECTION.export]: readExports,
  [SECTION.start]: readStart,
  [SECTION.element]: readElements,
  [SECTION.code]: readCode,
};

function readTypes(module: Draft, reader: Reader): void {
  for (let left = reader.count(2); left > 0; left--) {
    const inGroup = reader.skipByte(0x4e);
    if (inGroup) module.recursionGroups++;
    for (let members = inGroup ? reader.count(2) : 1; members > 0; members--) {
      module.types.push(readSubType(reader));
    }
  }
}

function readSubType(reader: Reader): Type {
  if (reader.skipByte(0x50) || reader.skipByte(0x4f)) {
    for (let left = reader.count(); left > 0; left--) reader.u32(); // the supertypes
  }
  const form = reader.u8();
  switch (form) {
    case 0x60:
      return new FunctionType(reader);
    case 0x5f: {
      const fields = reader.count(2);
      let bytes = OBJECT_BYTES;
      for (let left = fields; left > 0; left--) bytes += readFieldType(reader);
      return { kind: "struct", fields, bytes };
    }
    case 0x5e:
      return { kind: "array", elementBytes: readFieldType(reader) };
    default:
      throw reader.unsupported("type", reader.pos - 1);
  }
}

/** Answers how many bytes the field takes. */
function readFieldType(reader: Reader): number {
  const bytes = readFieldSize(reader);
  reader.u8();
  return bytes;
}

function readImports(module: Draft, reader: Reader): void {
  for (let left = reader.count(4); left > 0; left--) {
    const names = { module: reader.name(), name: reader.name() };
    const kind = readKind(reader);
    switch (kind) {
      case "func":
        module.imports.push({ ...names, kind, type: readFunctionTypeIndex(module, reader) });
        module.functionCount++;
        break;
      case "table": {
        const element = readValueType(reader);
        module.imports.push({ ...names, kind, table: { element, ...readTableLimits(reader) } });
        module.tableCount++;
        break;
      }
      case "memory":
        module.imports.push({ ...names, kind, memory: readLimits(reader) });
        module.memoryCount++;
        break;
      case "global":
        module.imports.push({ ...names, kind });
        readFieldType(reader);
        module.globalCount++;
        break;
      case "tag":
        module.imports.push({ ...names, kind, type: readTag(module, reader) });
    }
  }
  module.addressTaken = new Uint8Array(module.functionCount);
  module.referenced = new Uint8Array(module.functionCount);
}

function readKind(reader: Reader): Kind {
  const kind = KINDS[reader.u8()];
  if (kind === undefined) throw reader.unsupported("import or export of kind", reader.pos - 1);
  return kind;
}

function readFunctionTypeIndex({ types }: Draft, reader: Reader): number {
  const start = reader.pos;
  const index = reader.u32();
  if (types[index]?.kind !== "func") throw reader.error(`${index} is no function type`, start);
  return index;
}

function readFunctions(module: Draft, reader: Reader): void {
  const types = new Uint32Array(reader.count());
  for (let i = 0; i < types.length; i++) types[i] = readFunctionTypeIndex(module, reader);
  module.functionTypes = types;
  module.functionCount += types.length;
  module.addressTaken = new Uint8Array(module.functionCount);
  module.referenced = new Uint8Array(module.functionCount);
}

function readTables(module: Draft, reader: Reader): void {
  for (let left = reader.count(3); left > 0; left--) {
    const initialised = reader.skipByte(0x40);
    if (initialised && reader.u8() !== 0) throw reader.unsupported("table", reader.pos - 1);
    const element = readValueType(reader);
    const start = reader.pos;
    module.tables.push({ element, ...readTableLimits(reader) });
    module.tableLimits.push({ start, end: reader.pos });
    if (initialised) readConstant(module, reader);
  }
  module.tableCount += module.tables.length;
}

function readTableLimits(reader: Reader): Omit<Table, "element"> {
  const { minimum, maximum, is64 } = readLimits(reader);
  return { minimum, maximum, is64 };
}

function readMemories(module: Draft, reader: Reader): void {
  for (let left = reader.count(2); left > 0; left--) module.memories.push(readLimits(reader));
  module.memoryCount += module.memories.length;
}

/** Flags: bit 0 says that there is a maximum, bit 1 shared, bit 2 64-bit. */
function readLimits(reader: Reader): Memory {
  const flags = reader.u8();
  if (flags > 7) throw reader.unsupported("limits of kind", reader.pos - 1);
  const is64 = (flags & 4) !== 0;
  const size = () => is64 ? Number(reader.u64()) : reader.u32();
  const minimum = size();
  const maximum = flags & 1 ? size() : undefined;
  return { minimum, maximum, shared: (flags & 2) !== 0, is64 };
}

function readTags(module: Draft, reader: Reader): void {
  for (let left = reader.count(2); left > 0; left--) readTag(module, reader);
}

/** Answers the index of its type. */
function readTag(module: Draft, reader: Reader): number {
  const start = reader.pos;
  if (reader.u32() !== 0) throw reader.unsupported("tag of kind", start);
  const type = readFunctionTypeIndex(module, reader);
  module.tags.push(type);
  return type;
}

function readGlobals(module: Draft, reader: Reader): void {
  for (let left = reader.count(3); left > 0; left--) {
    readFieldType(reader);
    const value = readConstant(module, reader);
    if (value !== undefined) module.globalValues.set(module.globalCount, value);
    module.globalCount++;
  }
}

function readExports(module: Draft, reader: Reader): void {
  for (let left = reader.count(3); left > 0; left--) {
    const name = reader.name();
    const kind = readKind(reader);
    const index = kind === "func" ? readFunctionIndex(module, reader) : reader.u32();
    module.exports.push({ name, kind, index });
  }
}

function readStart(module: Draft, reader: Reader): void {
  module.start = readFunctionIndex(module, reader);
}

/** Flags of an element segment. */
const NOT_ACTIVE = 1, TABLE_INDEX = 2, EXPRESSIONS = 4;

function readElements(module: Draft, reader: Reader): void {
  for (let left = reader.count(3); left > 0; left--) {
    const start = reader.pos;
    const flags = reader.u32();
    if (flags > 7) throw reader.unsupported("element segment of kind", start);
    if (!(flags & NOT_ACTIVE)) {
      if (flags & TABLE_INDEX) reader.u32();
      readConstant(module, reader);
    }
    // Only the two kinds of the first version leave out what the elements are.
    if (flags & (NOT_ACTIVE | TABLE_INDEX)) {
      if (flags & EXPRESSIONS) skipValueType(reader);
      else if (reader.u8() !== 0) throw reader.unsupported("elements of kind", reader.pos - 1);
    }
    const readItem = flags & EXPRESSIONS ? readConstant : readReference;
    const count = reader.count();
    if (!(flags & NOT_ACTIVE)) module.activeElements += count;
    for (let items = count; items > 0; items--) readItem(module, reader);
  }
}

function readCode(module: Draft, reader: Reader): void {
  const count = reader.count();
  const starts = new Uint32Array(count), ends = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const size = reader.u32();
    starts[i] = reader.pos;
    reader.skip(size);
    ends[i] = reader.pos;
  }
  module.bodies = { starts, ends };
}
