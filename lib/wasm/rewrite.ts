/**
 * Writes the metered module, section by section. Everything is appended to index spaces and nothing renumbered; what metering
 * does not touch is copied byte for byte.
 *
 * @module
 */

import { LoadError } from "../errors.ts";
import { concat, Reader, Writer } from "./bytes.ts";
import { type Helpers, helpersOf } from "./helpers.ts";
import type { MeterAbi } from "./abi.ts";
import { type Module, ORDER, SECTION, type Section } from "./module.ts";
import { surveyCallees } from "./callees.ts";
import { Planner } from "./planner.ts";
import { Splicer } from "./splice.ts";
import { type Callees, type Outline, outlineOf } from "./surroundings.ts";

const HEADER_LENGTH = 8;
/** The most locals that engines allow in a function, parameters included. */
const MAX_LOCALS = 50_000;
/** The longest body of a function that engines take. */
const MAX_BODY_BYTES = 7_654_321;
/** Hints are given by offsets into bodies, which metering changes. */
const BRANCH_HINTS = "metadata.code.branch_hint";

const I32 = 0x7f, I64 = 0x7e, FUNCREF = 0x70, MUTABLE = 1;
const I32_CONST = 0x41, I64_CONST = 0x42, END = 0x0b;
const I32_ZERO: Global = [I32, MUTABLE, I32_CONST, 0, END];
/** Flags of limits. */
const HAS_MAXIMUM = 1, IS_64 = 4;
const EXPORTED = { func: 0, table: 1, memory: 2, global: 3 } as const;
const IMPORTED_MEMORY = 2;
/** Bytes that a profile has for each function, and those of a page. */
const COUNT_BYTES = 8, PAGE_BYTES = 65_536;

/** How an instance of the module is held; `undefined` for what is not bounded. */
export interface Bounds {
  /** Elements of each table that the module defines. */
  readonly elements: number | undefined;
  /** Bytes of the structures and arrays that code makes. */
  readonly allocated: number | undefined;
  /** Whether the hook is called after each growth of a memory or a table, however much fuel is left. */
  readonly callsAfterGrowth: boolean;
}

/** The bytes of `module`, metered, with what `abi` names. */
export function rewrite(module: Module, abi: MeterAbi, bounds: Bounds): Uint8Array<ArrayBuffer> {
  const { bytes } = module;
  const append = additions(module, abi, bounds);
  const due = ORDER.filter((id) => append[id] !== undefined);
  // Put together at the end, where the length is known: large modules are not held twice.
  const parts: Uint8Array[] = [];
  let copied = { start: 0, end: HEADER_LENGTH };
  const copy = (start: number, end: number) => {
    if (start === copied.end) copied.end = end;
    else {
      flush();
      copied = { start, end };
    }
  };
  const flush = () => {
    parts.push(bytes.subarray(copied.start, copied.end));
    copied = { start: copied.end, end: copied.end };
  };
  const write = (id: number, section: Section | undefined) => {
    const length = section === undefined ? 0 : section.end - section.body;
    const body = new Writer(length + (length >> 1) + 64);
    append[id]!(body, section);
    const header = new Writer();
    header.u8(id);
    header.u32(body.length);
    flush();
    parts.push(header.view, body.view);
  };

  for (const section of module.sections) {
    const { id, start, end } = section;
    if (id === SECTION.custom) {
      if (section.name !== BRANCH_HINTS) copy(start, end);
      continue;
    }
    while (due.length > 0 && ORDER.indexOf(due[0]) < ORDER.indexOf(id)) {
      write(due.shift()!, undefined);
    }
    if (id === due[0]) write(due.shift()!, section);
    else if (id === SECTION.start) continue; // exported instead
    else if (id === SECTION.memory && abi.memory !== undefined) continue; // imported instead
    else copy(start, end);
  }
  for (const id of due) write(id, undefined);
  flush();
  return concat(parts);
}

/** Writes the content of a section, of which the module may have none. */
type Append = (body: Writer, section: Section | undefined) => void;

/** By section id: how to write those to which something is added. */
function additions(
  module: Module,
  abi: MeterAbi,
  { elements, allocated, callsAfterGrowth }: Bounds,
): { [id: number]: Append | undefined } {
  const outline = outlineOf(module, {
    isCounted: allocated !== undefined,
    isProfiled: abi.profile !== undefined,
    callsAfterGrowth,
  });
  const { wideMemories, wideTables } = outline;
  const callees = surveyCallees(module, outline);
  const globals = [I32_ZERO, I32_ZERO];
  if (callees.allocates) globals.push(i64Global(allocated!));
  const added = {
    types: module.types.length,
    functions: module.functionCount,
    hook: module.tableCount,
    fuel: module.globalCount,
    growFailed: module.globalCount + 1,
    allocatable: callees.allocates ? module.globalCount + 2 : undefined,
    isWide: [...wideMemories, ...wideTables].includes(true),
    profile: abi.profile && module.memoryCount,
  };
  const helpers = helpersOf(added);
  const { types, functions } = helpers;
  checkCounts(module, types.length, functions.length, globals.length);
  const list = (items: ((body: Writer) => void)[]): Append => (body, section) => {
    copyVector(module.bytes, section, items.length, body);
    for (const item of items) item(body);
  };
  // Types are counted by recursion group, indices of types are not; each of ours is a group by itself.
  const all: { [id: number]: Append | undefined } = {
    [SECTION.type]: list(types.map((type) => (body) => body.bytes(type))),
    [SECTION.function]: list(functions.map(({ type }) => (body) => body.u32(added.types + type))),
    [SECTION.table]: (body, section) => {
      copyTables(module, section, elements, body);
      body.bytes([FUNCREF, 1, 1, 1]); // of one entry, at least and at most
    },
    [SECTION.global]: list(globals.map((global) => (body) => body.bytes(global))),
    [SECTION.export]: list([
      exported(abi.fuel, EXPORTED.global, added.fuel),
      exported(abi.hook, EXPORTED.table, added.hook),
      exported(abi.growFailed, EXPORTED.global, added.growFailed),
      ...(abi.start === undefined ? [] : [exported(abi.start, EXPORTED.func, module.start!)]),
      ...(abi.profile === undefined
        ? []
        : [exported(abi.profile.memory, EXPORTED.memory, module.memoryCount)]),
    ]),
    [SECTION.code]: (body, section) => {
      copyCount(module.bytes, section, functions.length, body);
      meterBodies(module, outline, callees, helpers, body);
      for (const each of functions) body.sized(each.body);
    },
  };
  const { memory, profile } = abi;
  if (profile !== undefined) {
    const pages = Math.ceil(module.functionCount * COUNT_BYTES / PAGE_BYTES);
    const append = list([(body) => {
      body.bytes([1]); // with a maximum
      body.u32(pages);
      body.u32(pages);
    }]);
    // The module's own memory is imported instead, or stays.
    all[SECTION.memory] = (body, section) =>
      append(body, memory === undefined ? section : undefined);
  }
  if (memory !== undefined) {
    all[SECTION.import] = list([(body) => {
      body.name(memory.module);
      body.name(memory.name);
      body.bytes([IMPORTED_MEMORY, 1]); // with a maximum
      body.u32(memory.initial);
      body.u32(memory.maximum);
    }]);
  }
  return all;
}

/** A mutable global: its type and initial value, encoded. */
type Global = Uint8Array | readonly number[];

function i64Global(value: number): Global {
  const global = new Writer();
  global.bytes([I64, MUTABLE, I64_CONST]);
  global.s64(BigInt(value));
  global.u8(END);
  return global.finish();
}

function exported(name: string, kind: number, index: number): (body: Writer) => void {
  return (body) => {
    body.name(name);
    body.u8(kind);
    body.u32(index);
  };
}

/** Writes the length of a section's vector, `more` added; answers a reader at its first element. */
function copyCount(
  bytes: Uint8Array,
  section: Section | undefined,
  more: number,
  body: Writer,
): Reader | undefined {
  const reader = section && new Reader(bytes, section.body, section.end);
  body.u32((reader?.u32() ?? 0) + more);
  return reader;
}

/** Writes a section's vector, of which the length has `more` added. */
function copyVector(
  bytes: Uint8Array,
  section: Section | undefined,
  more: number,
  body: Writer,
): void {
  const reader = copyCount(bytes, section, more, body);
  if (reader !== undefined) body.bytes(bytes, reader.pos, reader.end);
}

/** Writes the tables' vector, of which the length has 1 added, with at most so many elements each, if that is bounded. */
function copyTables(
  { bytes, tables, tableLimits }: Module,
  section: Section | undefined,
  most: number | undefined,
  body: Writer,
): void {
  if (most === undefined) return copyVector(bytes, section, 1, body);
  const reader = copyCount(bytes, section, 1, body);
  if (reader === undefined) return;
  let from = reader.pos;
  tables.forEach(({ minimum, maximum, is64 }, i) => {
    const { start, end } = tableLimits[i];
    body.bytes(bytes, from, start);
    body.u8(is64 ? HAS_MAXIMUM | IS_64 : HAS_MAXIMUM);
    body.u64(BigInt(minimum));
    body.u64(BigInt(Math.min(maximum ?? most, most)));
    from = end;
  });
  body.bytes(bytes, from, reader.end);
}

/** Writes the bodies of the module's own functions. */
function meterBodies(
  module: Module,
  outline: Outline,
  callees: Callees,
  { runtime }: Helpers,
  out: Writer,
): void {
  const { bytes, bodies: { starts, ends }, functionTypes, functionCount, types } = module;
  const planner = new Planner(outline, callees);
  const splicer = new Splicer(bytes, runtime);
  const firstDefined = functionCount - starts.length;
  const body = new Writer(4096);
  for (let i = 0; i < starts.length; i++) {
    const index = firstDefined + i;
    const plan = planner.plan(new Reader(bytes, starts[i], ends[i]), index);
    const type = types[functionTypes[i]];
    const local = (type.kind === "func" ? type.params : 0) + plan.localCount;
    const counter = plan.counter === "local" && local >= MAX_LOCALS ? "global" : plan.counter;
    body.clear();
    splicer.write(body, plan, {
      index,
      end: ends[i],
      counter,
      local,
      isPaid: callees.costs[index] > 0,
      isChecked: callees.checked[index] === 1,
    });
    if (body.length > MAX_BODY_BYTES) {
      throw overLimit(`function ${index} of ${body.length} bytes`, MAX_BODY_BYTES);
    }
    out.sized(body);
  }
}

/** Engines have limits of their own, over which metering must not lead without a word. */
function checkCounts(
  { types, functionCount, tableCount, globalCount }: Module,
  moreTypes: number,
  moreFunctions: number,
  moreGlobals: number,
): void {
  const counts = [
    { what: "types", count: types.length + moreTypes, most: 1_000_000 },
    { what: "functions", count: functionCount + moreFunctions, most: 1_000_000 },
    { what: "tables", count: tableCount + 1, most: 100_000 },
    { what: "globals", count: globalCount + moreGlobals, most: 1_000_000 },
  ];
  for (const { what, count, most } of counts) {
    if (count > most) throw overLimit(`${count} ${what}`, most);
  }
}

function overLimit(what: string, most: number): LoadError {
  const message = `unsupported wasm: ${what} when metered, of which engines take ${most}`;
  return new LoadError("wasm_unsupported", message);
}
