/**
 * Makes a module that shows a bug as small as it gets without the bug's going away.
 *
 * @module
 */
import { Reader, Writer } from "../../lib/wasm/bytes.ts";
import { type Module, parseModule, SECTION } from "../../lib/wasm/module.ts";
import { readOpcode, skipImmediates, skipValueType } from "../../lib/wasm/opcodes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Sections that a module may well do without. */
const OPTIONAL: readonly number[] = [SECTION.custom, SECTION.start, SECTION.element, SECTION.data];
/** A body that is of any type: no locals, `unreachable`, `end`. */
const SMALLEST_BODY = [0, 0x00, 0x0b];

/**
 * Shrinks a module.
 *
 * @param shows Whether a module, which need not be valid, still shows the bug.
 * @param until When to stop, as `performance.now()` tells the time.
 */
export function shrink(bytes: Bytes, shows: (bytes: Bytes) => boolean, until: number): Bytes {
  let best = bytes;
  const attempt = (candidate: Bytes) => {
    const better = candidate.length < best.length && performance.now() < until && shows(candidate);
    if (better) best = candidate;
    return better;
  };
  for (let size = Infinity; best.length < size;) {
    size = best.length;
    const { bodies, exports, sections } = parseModule(best);
    const large: number[] = [];
    for (let i = bodies.starts.length - 1; i >= 0; i--) {
      if (!attempt(withBody(best, i, SMALLEST_BODY))) large.push(i);
    }
    for (let i = exports.length - 1; i >= 0; i--) attempt(withoutExport(best, i));
    for (let i = sections.length - 1; i >= 0; i--) {
      const { id, start, end } = parseModule(best).sections[i];
      if (OPTIONAL.includes(id)) attempt(splice(best, start, end));
    }
    for (const body of large) shrinkBody(body, () => best, attempt);
  }
  return best;
}

/** Leaves out runs of operators, long ones first; or puts in `unreachable` in place of them. */
function shrinkBody(body: number, best: () => Bytes, attempt: (bytes: Bytes) => boolean): void {
  const count = () => operatorOffsets(parseModule(best()), body).length - 1;
  for (let run = count(); run > 0; run >>= 1) {
    for (let first = count() - run; first >= 0; first--) {
      const module = parseModule(best());
      const offsets = operatorOffsets(module, body);
      if (first + run >= offsets.length) continue;
      const [start, end] = [module.bodies.starts[body], module.bodies.ends[body]];
      const before = best().subarray(start, offsets[first]);
      const after = best().subarray(offsets[first + run], end);
      if (attempt(withBody(best(), body, [...before, ...after]))) continue;
      if (best()[offsets[first]] === SMALLEST_BODY[1]) continue;
      attempt(withBody(best(), body, [...before, 0x00, ...after]));
    }
  }
}

/** Offsets of the operators of a body, and of its end. */
function operatorOffsets({ bytes, bodies }: Module, body: number): number[] {
  const reader = new Reader(bytes, bodies.starts[body], bodies.ends[body]);
  for (let groups = reader.u32(); groups > 0; groups--) {
    reader.u32();
    skipValueType(reader);
  }
  const offsets = [reader.pos];
  while (!reader.done) {
    skipImmediates(reader, readOpcode(reader));
    offsets.push(reader.pos);
  }
  return offsets;
}

function withBody(bytes: Bytes, body: number, content: readonly number[]): Bytes {
  const { bodies: { starts, ends } } = parseModule(bytes);
  return withSection(bytes, SECTION.code, (out) => {
    out.u32(starts.length);
    starts.forEach((start, i) => {
      const each = new Writer();
      if (i === body) each.bytes(content);
      else each.bytes(bytes, start, ends[i]);
      out.sized(each);
    });
  });
}

const KINDS = { func: 0, table: 1, memory: 2, global: 3, tag: 4 };

function withoutExport(bytes: Bytes, index: number): Bytes {
  const exports = parseModule(bytes).exports.filter((_, i) => i !== index);
  return withSection(bytes, SECTION.export, (out) => {
    out.u32(exports.length);
    for (const { name, kind, index } of exports) {
      out.name(name);
      out.u8(KINDS[kind]);
      out.u32(index);
    }
  });
}

function withSection(bytes: Bytes, id: number, write: (body: Writer) => void): Bytes {
  const { start, end } = parseModule(bytes).sections.find((section) => section.id === id)!;
  const body = new Writer(), out = new Writer(bytes.length);
  write(body);
  out.section(id, body);
  return splice(bytes, start, end, out.finish());
}

function splice(
  bytes: Bytes,
  start: number,
  end: number,
  content: Bytes = new Uint8Array(),
): Bytes {
  const out = new Writer(bytes.length);
  out.bytes(bytes, 0, start);
  out.bytes(content);
  out.bytes(bytes, end);
  return out.finish();
}
