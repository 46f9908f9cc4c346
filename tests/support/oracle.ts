/**
 * A second meter, which does by the letter what the cost model says: a charge before every single operator, no plan, no sharing. It
 * is slow, keeps its count in a 64-bit global that nothing forgets, and never refuels.
 *
 * The cost model: function entry costs 1, an operator 0 or 1, a bulk operator its run-time length on top. A function without loops
 * is charged at entry instead, with its most expensive path, if that is at most 2^20 units. A small leaf (no loops, calls, exceptions or bulk operators, at most
 * {@linkcode SMALL_LEAF} units, not reachable but by direct calls) is paid for by the `call`, as if that cost so much more; a `return_call` of
 * one pays when it runs.
 *
 * @module
 */
import { Reader, Writer } from "../../lib/wasm/bytes.ts";
import { type Module, ORDER, parseModule, SECTION } from "../../lib/wasm/module.ts";
import { type Body, dearestPath, type Operator, readBody } from "./operators.ts";

/** Export of the oracle's module: a mutable `i64` global, the units burnt so far. */
export const ORACLE_FUEL = "__oracle_fuel";

/** The most that a small leaf costs. */
export const SMALL_LEAF = 128;
/** The most that a function without loops is charged at entry. */
const MOST_AT_ENTRY = 2 ** 20;
const FUNCTION_ENTRY = 1;

const I32 = 0x7f, I64 = 0x7e;

/** What the charges in a module need to know. */
interface Surroundings {
  readonly module: Module;
  /** Index of the global. */
  readonly fuel: number;
  /** Functions that add their parameter, an `i32` or an `i64`, to the global and answer it. */
  readonly bulk: readonly [number, number];
  /** Units that a `call` of a function costs on top. */
  readonly leafCost: (callee: number) => number;
}

/** The module, which must be valid, with a charge before every operator. It has no custom sections. */
export function meterNaively(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const module = parseModule(bytes);
  const { types, functionCount, globalCount } = module;
  const surroundings: Surroundings = {
    module,
    fuel: globalCount,
    bulk: [functionCount, functionCount + 1],
    leafCost: leafCosts(module),
  };
  const exported = new Writer();
  exported.name(ORACLE_FUEL);
  exported.u8(3);
  exported.u32(globalCount);
  const added: { [id: number]: (number[] | Uint8Array)[] | undefined } = {
    [SECTION.type]: [[0x60, 1, I32, 1, I32], [0x60, 1, I64, 1, I64]],
    [SECTION.function]: [u32(types.length), u32(types.length + 1)],
    [SECTION.global]: [[I64, 1, 0x42, 0, 0x0b]],
    [SECTION.export]: [exported.finish()],
    [SECTION.code]: [bulkBody(surroundings, false), bulkBody(surroundings, true)],
  };

  const out = new Writer();
  out.bytes(bytes, 0, 8);
  for (const id of ORDER) {
    const section = module.sections.find((each) => each.id === id);
    const more = added[id];
    const content = new Writer();
    if (more !== undefined) {
      const reader = section && new Reader(bytes, section.body, section.end);
      content.u32((reader?.u32() ?? 0) + more.length);
      if (id === SECTION.code) writeBodies(content, surroundings);
      else if (reader !== undefined) content.bytes(bytes, reader.pos, reader.end);
      for (const each of more) content.bytes(each);
    } else if (section !== undefined) {
      content.bytes(bytes, section.body, section.end);
    } else continue;
    out.section(id, content);
  }
  return out.finish();
}

function writeBodies(out: Writer, surroundings: Surroundings): void {
  const { module: { bytes, bodies, functionCount }, leafCost } = surroundings;
  const firstDefined = functionCount - bodies.starts.length;
  bodies.starts.forEach((start, i) => {
    const body = readBody(bytes, start, bodies.ends[i]);
    const written = new Writer();
    written.bytes(bytes, start, body.start);
    const dearest = hasLoops(body) ? Infinity : dearestPath(body, leafCost);
    if (dearest > MOST_AT_ENTRY) writeCharged(written, body, surroundings);
    else {
      const isFree = leafCost(firstDefined + i) > 0;
      charge(written, surroundings.fuel, isFree ? 0 : dearest);
      for (const operator of body.operators) {
        chargeHere(written, operator, surroundings);
        written.bytes(bytes, operator.start, operator.end);
      }
    }
    out.sized(written);
  });
}

/** A charge before every operator, but for a handler, which is paid for by who lands there and not by who comes to its end. */
function writeCharged(out: Writer, { operators }: Body, surroundings: Surroundings): void {
  const { module: { bytes }, fuel, leafCost } = surroundings;
  charge(out, fuel, FUNCTION_ENTRY);
  for (const operator of operators) {
    const { opcode, indices, start, end } = operator;
    const isHandler = opcode.control === "catch" || opcode.control === "catch_all";
    if (!isHandler) {
      charge(out, fuel, opcode.cost + (opcode.name === "call" ? leafCost(indices[0]) : 0));
    }
    chargeHere(out, operator, surroundings);
    out.bytes(bytes, start, end);
    if (isHandler) charge(out, fuel, opcode.cost);
  }
}

function charge(out: Writer, fuel: number, cost: number): void {
  if (cost === 0) return;
  out.u8(0x23), out.u32(fuel); //            global.get
  out.u8(0x42), out.s64(BigInt(cost)); //    i64.const
  out.u8(0x7c), out.u8(0x24), out.u32(fuel); // i64.add, global.set
}

/** What is charged as it runs in any function: a bulk operator's length, which is on top of the stack, and a leaf called last. */
function chargeHere(out: Writer, operator: Operator, surroundings: Surroundings): void {
  const { module, fuel, bulk, leafCost } = surroundings;
  if (operator.opcode.bulk) {
    out.u8(0x10), out.u32(bulk[hasLongLength(operator, module) ? 1 : 0]); // call
  } else if (operator.opcode.name === "return_call") {
    charge(out, fuel, leafCost(operator.indices[0]));
  }
}

function bulkBody({ fuel }: Surroundings, isLong: boolean): Uint8Array {
  const body = new Writer();
  body.u8(0);
  body.u8(0x23), body.u32(fuel);
  body.bytes(isLong ? [0x20, 0] : [0x20, 0, 0xad]); // local.get 0, i64.extend_i32_u
  body.u8(0x7c), body.u8(0x24), body.u32(fuel);
  body.bytes([0x20, 0, 0x0b]);
  const sized = new Writer();
  sized.sized(body);
  return sized.finish();
}

/** Whether the length has 64 bits: if every memory or table that the operator writes and reads by it has. */
function hasLongLength({ opcode, indices }: Operator, module: Module): boolean {
  const kind = /^(memory|table)\.(fill|copy|grow)$/.exec(opcode.name)?.[1];
  if (kind === undefined) return false;
  const all = kind === "memory"
    ? [...module.imports.flatMap(({ memory }) => memory ?? []), ...module.memories]
    : [...module.imports.flatMap(({ table }) => table ?? []), ...module.tables];
  return indices.every((index) => all[index].is64);
}

/** By function index: what a small leaf costs its callers, 0 if the function is none. */
function leafCosts(module: Module): (callee: number) => number {
  const { bytes, bodies, functionCount, addressTaken } = module;
  const imported = functionCount - bodies.starts.length;
  const costs = new Map<number, number>();
  return (callee) => {
    let cost = costs.get(callee);
    if (cost === undefined) {
      const start = bodies.starts[callee - imported], end = bodies.ends[callee - imported];
      const mayBe = callee >= imported && !addressTaken[callee];
      const body = mayBe ? readBody(bytes, start, end) : undefined;
      cost = body !== undefined && isLeaf(body) ? dearestPath(body, () => 0) : 0;
      if (cost > SMALL_LEAF) cost = 0;
      costs.set(callee, cost);
    }
    return cost;
  };
}

function isLeaf({ operators }: Body): boolean {
  return operators.every(({ opcode: { control, bulk } }) =>
    !bulk && !["loop", "call", "tail_call", "try", "try_table", "throw"].includes(control ?? "")
  );
}

function hasLoops({ operators }: Body): boolean {
  return operators.some(({ opcode }) => opcode.control === "loop");
}

function u32(value: number): Uint8Array {
  const writer = new Writer();
  writer.u32(value);
  return writer.finish();
}
