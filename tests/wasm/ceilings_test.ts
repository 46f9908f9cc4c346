// The bounds on a module's shape, and on what making an instance takes: up to each, and one beyond.
import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Writer } from "../../lib/wasm/bytes.ts";
import {
  checkInstantiation,
  checkShape,
  MAX_ACTIVE_ELEMENTS,
  MAX_CUSTOM_SECTIONS,
  MAX_EXPORTS,
  MAX_OPERANDS,
  MAX_RECURSION_GROUPS,
} from "../../lib/wasm/ceilings.ts";
import { type Module, parseModule, SECTION } from "../../lib/wasm/module.ts";

type Content = readonly number[];

const I32 = 0x7f, VOID = 0x40, END = 0x0b;
const UNREACHABLE = 0x00, I32_CONST = [0x41, 0], CALL_1 = [0x10, 1];
const TRY_CATCH_0 = [0x06, VOID, 0x07, 0];
/** How many results function 1 has, and how many values tag 0. */
const WIDE = 100;
const TIMES = Math.floor(MAX_OPERANDS / WIDE);

function repeat(count: number, content: Content): number[] {
  return new Array<Content>(count).fill(content).flat();
}

/** Function 0 and tag 0 are imported; the others are of one type, and have that code. */
function moduleOf(results: number, values: number, ...codes: Content[]): Module {
  const out = new Writer();
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const section = (id: number, content: Content | Writer) => {
    const body = new Writer();
    body.bytes(content instanceof Writer ? content.view : content);
    out.section(id, body);
  };
  section(SECTION.type, [
    ...[3, 0x60, 0, 0],
    ...[0x60, 0, results, ...repeat(results, [I32])],
    ...[0x60, values, ...repeat(values, [I32]), 0],
  ]);
  section(SECTION.import, [2, 0, 0, 0, 0, 0, 0, 4, 0, 2]);
  section(SECTION.function, [codes.length, ...repeat(codes.length, [1])]);
  const bodies = new Writer();
  bodies.u8(codes.length);
  for (const code of codes) {
    const body = new Writer();
    body.bytes([0, ...code, END]);
    bodies.sized(body);
  }
  section(SECTION.code, bodies);
  return parseModule(out.finish());
}

const EMPTY = moduleOf(1, 0);

/** What there is too much of, at most how much, a module with so much, and who refuses it. */
const ROWS: readonly (readonly [
  what: string,
  most: number,
  make: (count: number) => Module,
  check: (module: Module) => void,
])[] = [
  ["exports", MAX_EXPORTS, (count) => {
    const each = { name: "", kind: "func", index: 0 } as const;
    return { ...EMPTY, exports: new Array(count).fill(each) };
  }, checkInstantiation],
  [
    "elements in active segments",
    MAX_ACTIVE_ELEMENTS,
    (activeElements) => ({ ...EMPTY, activeElements }),
    checkInstantiation,
  ],
  ["custom sections", MAX_CUSTOM_SECTIONS, (count) => {
    const each = { ...EMPTY.sections[0], id: SECTION.custom, name: "" };
    // Those of other kinds do not count.
    return { ...EMPTY, sections: [...EMPTY.sections, ...new Array(count).fill(each)] };
  }, checkShape],
  [
    "recursion groups",
    MAX_RECURSION_GROUPS,
    (recursionGroups) => ({ ...EMPTY, recursionGroups }),
    checkShape,
  ],
  ["operands on the stack of function 1", MAX_OPERANDS, (count) => {
    return moduleOf(1, 0, repeat(count, I32_CONST));
  }, checkShape],
  // The more one instruction can add, the shorter is the shortest body that is looked into.
  ["operands on the stack of function 2", MAX_OPERANDS, (count) => {
    const code = [...repeat(TIMES, CALL_1), ...repeat(count - TIMES * WIDE, I32_CONST)];
    return moduleOf(WIDE, 0, [UNREACHABLE], code);
  }, checkShape],
  ["operands on the stack of function 3", MAX_OPERANDS, (count) => {
    const handlers = repeat(TIMES, TRY_CATCH_0);
    const code = [...handlers, ...repeat(count - TIMES * WIDE, I32_CONST)];
    return moduleOf(1, WIDE, [UNREACHABLE], [UNREACHABLE], code);
  }, checkShape],
];

for (const [what, most, make, check] of ROWS) {
  Deno.test(`ceilings: ${most} ${what}, and one more`, () => {
    check(make(most));
    const error = assertThrows(() => check(make(most + 1)), LoadError);
    assertEquals(error.code, "wasm_unsupported");
    const message = `${most + 1} ${what}, of which ${most} are allowed`;
    assertEquals(error.message, `unsupported wasm: ${message}`);
  });
}
