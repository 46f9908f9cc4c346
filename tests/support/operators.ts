/**
 * Function bodies as lists of operators, and the most expensive way through one without loops: what the oracle is built on.
 *
 * Nothing here is shared with the planner but the decoding. The planner keeps maxima while it scans a body once; this follows
 * each path by itself.
 *
 * @module
 */
import { Reader } from "../../lib/wasm/bytes.ts";
import {
  CATCH_ALL,
  type Opcode,
  readOpcode,
  skipImmediate,
  skipValueType,
} from "../../lib/wasm/opcodes.ts";

/** A place in a body: the number of the operator to go on at, known once the body is read. */
interface Place {
  at: number;
}

/** The part of a try that may throw, and where what is thrown may land. */
interface Try {
  readonly outer: Try | undefined;
  readonly landings: Landing[];
}

/** A handler, or the label of a catch clause, and what the landing costs. */
interface Landing {
  readonly to: Place;
  readonly cost: number;
}

/** A construct, or the function. */
interface Frame {
  /** Where its label is, in all but a loop; this is after its `end`. */
  readonly after: Place;
  /** Where the second arm of an `if` begins. */
  otherwise: number | undefined;
  /** What it is itself, if it is a try. */
  readonly own: Try | undefined;
  /** The innermost try that is around what comes next in it: itself, until its first handler begins. */
  attempt: Try | undefined;
}

/** An operator in its place. */
export interface Operator {
  /** What it is. */
  readonly opcode: Opcode;
  /** Offset of the opcode, and offset after the immediates. */
  readonly start: number;
  readonly end: number;
  /** Its immediates of the kind `index`. */
  readonly indices: readonly number[];
  /** Where its labels are. */
  readonly targets: readonly Place[];
  /** The construct that it opens, goes on with, ends, or is in. */
  readonly frame: Frame;
  /** The innermost try that it is in. */
  readonly attempt: Try | undefined;
}

/** A function body. */
export interface Body {
  /** Offset of its first operator. */
  readonly start: number;
  /** Its operators, `end` included. */
  readonly operators: readonly Operator[];
}

/** Reads the body that begins at offset `start` of `bytes`, with its locals, and ends at offset `end`. */
export function readBody(bytes: Uint8Array, start: number, end: number): Body {
  const reader = new Reader(bytes, start, end);
  for (let groups = reader.u32(); groups > 0; groups--) {
    reader.u32();
    skipValueType(reader);
  }
  const first = reader.pos;
  const operators: Operator[] = [];
  const frames = [newFrame(undefined, undefined)];
  const label = (): Place => frames[frames.length - 1 - reader.u32()].after;
  while (!reader.done) {
    const at = reader.pos;
    const opcode = readOpcode(reader);
    const { control } = opcode;
    const indices: number[] = [], targets: Place[] = [], landings: Landing[] = [];
    for (const immediate of opcode.immediates) {
      if (immediate === "index") {
        indices.push(reader.u32());
      } else if (immediate === "label") {
        targets.push(label());
      } else if (immediate === "labels") {
        for (let left = reader.u32(); left >= 0; left--) targets.push(label());
      } else if (immediate === "catches") {
        for (let left = reader.u32(); left > 0; left--) {
          if (reader.u8() < CATCH_ALL) reader.u32();
          landings.push({ to: label(), cost: 0 });
        }
      } else {
        skipImmediate(reader, immediate);
      }
    }
    const next = operators.length + 1;
    const { attempt } = frames[frames.length - 1];
    if (control === "try" || control === "try_table") {
      frames.push(newFrame(attempt, { outer: attempt, landings }));
    } else if (control === "block" || control === "loop" || control === "if") {
      frames.push(newFrame(attempt, undefined));
    }
    const frame = frames[frames.length - 1];
    operators.push({ opcode, start: at, end: reader.pos, indices, targets, frame, attempt });
    if (control === "else") {
      frame.otherwise = next;
    } else if (control === "catch" || control === "catch_all") {
      frame.own!.landings.push({ to: { at: next }, cost: opcode.cost });
      frame.attempt = frame.own!.outer;
    } else if (control === "end" || control === "delegate") {
      frame.after.at = next;
      frames.pop();
    }
  }
  return { start: first, operators };
}

function newFrame(outer: Try | undefined, own: Try | undefined): Frame {
  return { after: { at: -1 }, otherwise: undefined, own, attempt: own ?? outer };
}

/**
 * What the most expensive path through a loop-free body costs, function entry included: every path is followed, but no further
 * where another one has come by that cost as much. An exception may be thrown at any point of a try's body, and land at any
 * handler of any try that is around that point.
 *
 * @param leafCost What a `call` of a function costs on top.
 */
export function dearestPath({ operators }: Body, leafCost: (callee: number) => number): number {
  const dearest = new Array<number>(operators.length + 1).fill(-1);
  const paths: [at: number, cost: number][] = [[0, 1]];
  let worst = 1;
  const throwFrom = (attempt: Try | undefined, cost: number) => {
    for (let from = attempt; from !== undefined; from = from.outer) {
      for (const { to, cost: more } of from.landings) paths.push([to.at, cost + more]);
    }
  };
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    const [at, arrived] = path;
    if (arrived <= dearest[at]) continue;
    dearest[at] = arrived;
    if (at === operators.length) continue;
    const operator = operators[at];
    const cost = arrived + price(operator, leafCost);
    worst = Math.max(worst, cost);
    throwFrom(operator.attempt, arrived);
    throwFrom(operator.attempt, cost);
    for (const next of successors(operator, at)) paths.push([next, cost]);
  }
  return worst;
}

/** What it costs to come to an operator from the one before; to come to a handler from there is to leave the try. */
function price({ opcode, indices }: Operator, leafCost: (callee: number) => number): number {
  if (opcode.control === "catch" || opcode.control === "catch_all") return 0;
  return opcode.cost + (opcode.name === "call" ? leafCost(indices[0]) : 0);
}

/** Where control may go from the operator of number `at`, if nothing is thrown; last the way that is likely to be the dearest. */
function successors({ opcode, targets, frame }: Operator, at: number): number[] {
  switch (opcode.control) {
    case "if":
      return [frame.otherwise ?? frame.after.at, at + 1];
    case "else":
    case "catch":
    case "catch_all":
      return [frame.after.at];
    case "br":
    case "br_table":
      return targets.map((target) => target.at);
    case "br_if":
    case "br_on":
      return [...targets.map((target) => target.at), at + 1];
    case "return":
    case "tail_call":
    case "throw":
    case "unreachable":
      return [];
    default:
      return [at + 1];
  }
}
