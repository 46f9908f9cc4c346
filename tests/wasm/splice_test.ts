import { assertEquals } from "@std/assert";
import { Reader, Writer } from "../../lib/wasm/bytes.ts";
import { Edits, Kind } from "../../lib/wasm/edits.ts";
import { readOpcode, skipImmediates, skipValueType } from "../../lib/wasm/opcodes.ts";
import type { Counter, Plan } from "../../lib/wasm/plan.ts";
import { type Runtime, Splicer } from "../../lib/wasm/splice.ts";

const RUNTIME = {
  fuel: 9,
  refuel: 5,
  refuelLocal: 6,
  reload: 13,
  bulk: [7, 8],
  grown: [10, 11],
  allocate: 14,
  allocateArray: 15,
} as const;
const LOCAL = 3;

/** Two groups of locals, then `nop`, `loop nop end`, `br 0`, `end`. */
const BODY = Uint8Array.of(2, 1, 0x7f, 2, 0x7e, 0x01, 0x03, 0x40, 0x01, 0x0b, 0x0c, 0, 0x0b);
const AT = { nop: 5, loop: 6, inLoop: 8, afterLoop: 10, label: 11, end: 12 };

type Edit = readonly [
  at: number,
  kind: keyof typeof Kind,
  value?: number,
  paid?: number,
  skip?: number,
];

/** Splices the edits into the body, and lists the locals and the operators that come out. */
function splice(
  counter: Counter,
  edits: readonly Edit[],
  about: Partial<Plan> = {},
  isPaid = false,
  isChecked = false,
  profile?: Runtime["profile"],
) {
  const all = new Edits();
  for (const [at, kind, value = 0, paid = 0, skip = 0] of edits) {
    all.paid[all.add(at, Kind[kind], value, skip)] = paid;
  }
  // Only what the splicer reads.
  const plan = {
    entryCost: 0,
    entryPaid: 0,
    locals: { start: 0, end: 5, groups: 2 },
    edits: all,
    ...about,
  } as Plan;
  const out = new Writer();
  const body = { index: 12, end: BODY.length, counter, local: LOCAL, isPaid, isChecked };
  new Splicer(BODY, { ...RUNTIME, profile }).write(out, plan, body);
  return list(new Reader(out.finish()));
}

/** As text: the number of groups of locals, and the operators with their immediates, of which all here are one byte but for integers. */
function list(reader: Reader): string {
  const groups = reader.u32();
  for (let left = groups; left > 0; left--) {
    reader.u32();
    skipValueType(reader);
  }
  const words = [`${groups}:`];
  while (!reader.done) {
    const opcode = readOpcode(reader);
    const start = reader.pos;
    skipImmediates(reader, opcode);
    const immediates = [...reader.bytes.subarray(start, reader.pos)].filter((byte) =>
      byte !== 0x40
    );
    words.push([opcode.name, ...immediates].join(" "));
  }
  return words.join("; ").replace(":;", ":");
}

const NEGATIVE_LOCAL = "local.get 3; i32.const 0; i32.lt_s";
const NEGATIVE_GLOBAL = "global.get 9; i32.const 0; i32.lt_s";
const REFUEL_LOCAL = "local.get 3; call 6; local.set 3";
const take = (units: number, local = false) =>
  local
    ? `local.get 3; i32.const ${units}; i32.sub; local.set 3`
    : `global.get 9; i32.const ${units}; i32.sub; global.set 9`;

/** The same for all counters. */
const three = (text: string) => [text, text, text] as const;

/** By counter: what is inserted before the first `nop`. */
const INSERTED: readonly (readonly [edit: Edit, entry: string, local: string, global: string])[] = [
  [[AT.nop, "Charge", 5], "", take(5, true), take(5)],
  [[AT.nop, "Charge", 5, 6], take(6), take(11, true), take(11)],
  [[AT.nop, "Charge"], "", "", ""],
  [[AT.nop, "Flush"], "", "local.get 3; global.set 9", ""],
  [[AT.nop, "Reload", 5, 6], take(6), "global.get 9; i32.const 11; i32.sub; local.set 3", take(11)],
  [[AT.nop, "Reload"], "", "global.get 9; local.set 3", ""],
  [
    [AT.nop, "ReloadCheck", 5, 6],
    `${take(6)}; ${NEGATIVE_GLOBAL}; if; call 5; end`,
    "i32.const 11; call 13; local.set 3",
    `${take(11)}; ${NEGATIVE_GLOBAL}; if; call 5; end`,
  ],
  [[AT.nop, "Call"], "call 5", "call 5", "call 5"],
  [[AT.nop, "Bulk", 0], "call 7", "call 7", "call 7"],
  [[AT.nop, "Bulk", 1], "call 8", "call 8", "call 8"],
  [[AT.nop, "Grown", 0], "call 10", "call 10", "call 10"],
  [[AT.nop, "Grown", 1], "call 11", "call 11", "call 11"],
  [[AT.nop, "Allocate", 24], ...three("i64.const 24; call 14")],
  [[AT.nop, "Allocate", -8], ...three("i64.const 8; call 15")],
  [
    [AT.nop, "Check"],
    `${NEGATIVE_GLOBAL}; if; call 5; end`,
    `${NEGATIVE_LOCAL}; if; ${REFUEL_LOCAL}; end`,
    `${NEGATIVE_GLOBAL}; if; call 5; end`,
  ],
];

const REST = "nop; loop; nop; end; br 0; end";
const join = (...parts: string[]) => parts.filter((part) => part !== "").join("; ");
/** What a counter in a local adds at entry: its local, loaded. */
const LOADED = "global.get 9; local.set 3";

Deno.test("splice: what an edit inserts, by where the counter is", () => {
  for (const [edit, entry, local, global] of INSERTED) {
    assertEquals(splice("entry", [edit]), `2: ${join(entry, REST)}`);
    assertEquals(splice("local", [edit]), `3: ${join(LOADED, local, REST)}`);
    assertEquals(splice("global", [edit]), `2: ${join(global, REST)}`);
  }
});

Deno.test("splice: the entry", () => {
  const check = `${NEGATIVE_GLOBAL}; if; call 5; end`;
  const plan = { entryCost: 20, entryPaid: 3 };
  const rows: [
    counter: Counter,
    plan: Partial<Plan>,
    paid: boolean,
    check: boolean,
    expected: string,
  ][] = [
    ["entry", { entryCost: 20 }, false, false, take(20)],
    ["entry", plan, false, true, join(take(23), check)],
    ["entry", plan, true, true, take(3)],
    ["entry", { entryCost: 20 }, true, true, ""],
    ["global", plan, false, true, join(take(23), check)],
    [
      "local",
      plan,
      false,
      true,
      "i32.const 23; call 13; local.set 3",
    ],
  ];
  for (const [counter, about, paid, checked, expected] of rows) {
    const groups = counter === "local" ? 3 : 2;
    assertEquals(splice(counter, [], about, paid, checked), `${groups}: ${join(expected, REST)}`);
  }
});

Deno.test("splice: a profile notes what the function takes for itself", () => {
  const profile = { note: 20, noteBulk: [21, 22] } as const;
  const note = (units: number) => `i32.const 12; i32.const ${units}; call 20`;
  const rows: [edit: Edit, entry: string, local: string][] = [
    [[AT.nop, "Charge", 5, 6], take(6), join(take(11, true), note(5))],
    [[AT.nop, "Charge", 0, 6], take(6), take(6, true)],
    [[AT.nop, "Reload", 5], "", join("global.get 9; i32.const 5; i32.sub; local.set 3", note(5))],
    [[AT.nop, "Quiet", 7], note(121), note(121)], // -7 in one byte
    [[AT.nop, "Bulk", 0], "i32.const 12; call 21; call 7", "i32.const 12; call 21; call 7"],
    [[AT.nop, "Bulk", 1], "i32.const 12; call 22; call 8", "i32.const 12; call 22; call 8"],
  ];
  for (const [edit, entry, local] of rows) {
    const spliced = (counter: Counter) => splice(counter, [edit], {}, false, false, profile);
    assertEquals(spliced("entry"), `2: ${join(entry, REST)}`);
    assertEquals(spliced("local"), `3: ${join(LOADED, local, REST)}`);
  }
  const paid = splice("entry", [], { entryCost: 20, entryPaid: 3 }, true, false, profile);
  assertEquals(paid, `2: ${join(take(3), note(20), REST)}`);
});

Deno.test("splice: a loop within the blocks by which it is left to refuel", () => {
  const edits: Edit[] = [
    [AT.loop, "OuterLoop", 2],
    [AT.inLoop, "LoopHead", 4],
    [AT.afterLoop, "OuterEnd"],
  ];
  const expected = (negative: string, taken: string, refuel: string) =>
    `nop; block; loop; block; loop; ${negative}; br_if 1; ${taken}; nop; end; ` +
    `br 2; end; ${refuel}; br 0; end; end; br 0; end`;
  assertEquals(
    splice("local", edits),
    `3: ${LOADED}; ${expected(NEGATIVE_LOCAL, take(4, true), REFUEL_LOCAL)}`,
  );
  assertEquals(splice("global", edits), `2: ${expected(NEGATIVE_GLOBAL, take(4), "call 5")}`);
});

Deno.test("splice: a loop with params within another one", () => {
  const edits: Edit[] = [
    [AT.loop, "ParamLoop", 2],
    [AT.inLoop, "LoopHead", 4],
    [AT.afterLoop, "ParamEnd"],
  ];
  assertEquals(
    splice("global", edits),
    `2: nop; loop; ${NEGATIVE_GLOBAL}; if; call 5; end; loop; ${NEGATIVE_GLOBAL}; br_if 1; ` +
      `${take(4)}; nop; end; end; br 0; end`,
  );
});

Deno.test("splice: a label is replaced by another, of any length", () => {
  assertEquals(
    splice("entry", [[AT.label, "Label", 3, 0, 1]]),
    "2: nop; loop; nop; end; br 3; end",
  );
  assertEquals(
    splice("entry", [[AT.label, "Label", 300, 0, 1]]),
    "2: nop; loop; nop; end; br 172 2; end",
  );
});

Deno.test("splice: several edits at one place come in their order", () => {
  assertEquals(
    splice("local", [[AT.end, "Flush"], [AT.end, "Bulk", 0], [AT.end, "Reload", 1]]),
    `3: ${LOADED}; nop; loop; nop; end; br 0; local.get 3; global.set 9; call 7; ` +
      "global.get 9; i32.const 1; i32.sub; local.set 3; end",
  );
});
