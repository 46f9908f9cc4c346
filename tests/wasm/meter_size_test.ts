import { assertEquals } from "@std/assert";
import { Writer } from "../../lib/wasm/bytes.ts";
import { runAllWays } from "../support/metered.ts";

const EMPTY = 0x40, I64 = 0x7e, F64 = 0x7c;
const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  end: 0x0b,
  brIf: 0x0d,
  brTable: 0x0e,
  catchAll: 0x19,
  tryTable: 0x1f,
};

type Code = (body: Writer) => void;

/** A module that exports `f`, of an `i32` to an `i32`: `code`, then parameter 0. */
function moduleOf(code: Code, locals: readonly [count: number, type: number][] = []) {
  const body = new Writer();
  body.u32(locals.length);
  for (const [count, type] of locals) {
    body.u32(count);
    body.u8(type);
  }
  code(body);
  body.bytes([...get, OP.end]);
  const bodies = new Writer();
  bodies.u32(1);
  bodies.sized(body);
  const out = new Writer();
  out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  out.bytes([1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f]); // type
  out.bytes([3, 2, 1, 0]); // function
  out.bytes([7, 5, 1, 1, 0x66, 0, 0]); // export
  out.section(10, bodies);
  return out.finish();
}

/** Pushes parameter 0; sets it to one less before. */
const get = [0x20, 0], decrement = [...get, 0x41, 1, 0x6b, 0x22, 0];

const repeat = (times: number, code: readonly number[]): Code => (body) => {
  for (let i = 0; i < times; i++) body.bytes(code);
};

const countdown: Code = (body) => {
  body.bytes([OP.loop, EMPTY, ...decrement, OP.brIf, 0, OP.end]);
};

/** Of as many constructs, one in the other; in the innermost, `inner`. */
function nested(depth: number, open: number[], close: number[], inner: Code): Code {
  return (body) => {
    repeat(depth, open)(body);
    inner(body);
    repeat(depth, close)(body);
  };
}

/** Decrements parameter 0, and branches if it is not 0 yet. */
const branch = (label: number): Code => (body) => {
  body.bytes([...decrement, OP.brIf]);
  body.u32(label);
};

/** `code` in a loop in a block. */
const looped = (code: Code): Code =>
  nested(1, [OP.block, EMPTY, OP.loop, EMPTY], [OP.end, OP.end], code);

/** As many labels, each of those up to `deepest` in turn, and the last one chosen by parameter 0. */
const branchTable = (count: number, deepest: number): Code => (body) => {
  body.bytes([...decrement, OP.brTable]);
  body.u32(count);
  for (let i = 0; i <= count; i++) body.u32(i % (deepest + 1));
};

const DEEP = 10_000;
const CATCH_ALL = [1, 2, 0]; // one clause: catch_all, to the label around

interface Row {
  readonly name: string;
  /** Made when it is needed. */
  readonly code: Code;
  readonly locals?: readonly [count: number, type: number][];
  readonly argument: number;
  readonly result: number;
  readonly fuel: number;
}

const ROWS: readonly Row[] = [
  {
    name: "as many locals as engines allow, so that there is no room for the counter",
    code: countdown,
    locals: [[20_000, F64], [29_999, I64]],
    argument: 9,
    result: 0,
    fuel: 2 + 5 * 9,
  },
  {
    name: "one local less, so that there is",
    code: countdown,
    locals: [[20_000, F64], [29_998, I64]],
    argument: 9,
    result: 0,
    fuel: 2 + 5 * 9,
  },
  {
    name: "a megabyte without branches",
    code: repeat(175_000, [...get, 0x41, 1, 0x6a, 0x1a]),
    argument: 3,
    result: 3,
    fuel: 2 + 3 * 175_000,
  },
  {
    name: "a megabyte in a loop, with a branch out of it every few bytes",
    code: looped((body) => {
      repeat(80_000, [...get, 0x41, 0, 0x48, OP.brIf, 1, ...get, 0x21, 0, 0x01])(body);
      branch(0)(body);
    }),
    argument: 2,
    result: 0,
    fuel: 2 + 2 * (6 * 80_000 + 5),
  },
  {
    name: "65,000 labels, across two loops",
    code: nested(1, [OP.loop, EMPTY], [OP.end], looped(branchTable(65_000, 2))),
    argument: 7,
    result: 4,
    fuel: 2 + 5 * 3,
  },
  {
    name: "10,000 nested blocks",
    code: nested(DEEP, [OP.block, EMPTY], [OP.end], branch(DEEP - 1)),
    argument: 5,
    result: 4,
    fuel: 2 + 5,
  },
  {
    name: "10,000 nested ifs",
    code: nested(DEEP, [...get, OP.if, EMPTY], [OP.else, OP.end], branch(DEEP - 1)),
    argument: 5,
    result: 4,
    fuel: 2 + 2 * DEEP + 5,
  },
  {
    name: "10,000 nested loops, and a branch to the outermost",
    code: nested(DEEP, [OP.loop, EMPTY], [OP.end], branch(DEEP - 1)),
    argument: 5,
    result: 0,
    fuel: 2 + 5 * 5,
  },
  {
    name: "10,000 nested try_tables in a loop",
    code: looped(nested(DEEP, [OP.tryTable, EMPTY, ...CATCH_ALL], [OP.end], branch(DEEP))),
    argument: 5,
    result: 0,
    fuel: 2 + 5 * (DEEP + 5),
  },
  {
    name: "10,000 nested legacy tries in a loop",
    code: looped(nested(DEEP, [OP.try, EMPTY], [OP.catchAll, OP.end], branch(DEEP))),
    argument: 5,
    result: 0,
    fuel: 2 + 5 * (DEEP + 5),
  },
  {
    name: "5,000 nested blocks with a loop each, and a branch to every label",
    code: nested(
      DEEP / 2,
      [OP.block, EMPTY, OP.loop, EMPTY],
      [OP.end, OP.end],
      branchTable(DEEP, DEEP - 1),
    ),
    argument: 5,
    result: 3,
    fuel: 2 + 5 * 2,
  },
];

for (const { name, code, locals, argument, result, fuel } of ROWS) {
  Deno.test(`meter: ${name}`, () => {
    const seen = runAllWays({ bytes: moduleOf(code, locals), args: [argument] });
    assertEquals([seen.outcome, seen.fuel], [{ returned: result }, fuel]);
  });
}
