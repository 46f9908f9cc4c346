// What is read of the content of each section, and what is refused there.
import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Writer } from "../../lib/wasm/bytes.ts";
import { type Module, parseModule, SECTION } from "../../lib/wasm/module.ts";
import { CONTENT } from "../../lib/wasm/sections.ts";

type Sections = readonly (readonly [id: number, content: readonly number[]])[];

const I32 = 0x7f, FUNCREF = 0x70, END = 0x0b, I32_CONST = [0x41, 0, END];
const REF_FUNC = (index: number) => [0xd2, index, END];

function parseOnly(...sections: Sections): Module {
  const out = new Writer();
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  for (const [id, content] of sections) {
    const body = new Writer();
    body.bytes(content);
    out.section(id, body);
  }
  return parseModule(out.finish());
}

/** A module with type 0, `() -> ()`, functions 0 to 3, and other sections. */
function parse(...sections: Sections): Module {
  return parseOnly(
    [SECTION.type, [1, 0x60, 0, 0]],
    [SECTION.function, [4, 0, 0, 0, 0]],
    ...sections,
    [SECTION.code, [4, 2, 0, END, 2, 0, END, 2, 0, END, 2, 0, END]],
  );
}

Deno.test("sections: custom sections, data and their count are not looked into", () => {
  const ids = Object.values(SECTION).filter((id) => !(id in CONTENT));
  assertEquals(ids, [SECTION.custom, SECTION.data, SECTION.dataCount]);
  const junk = [0xff, 0xff, 0xff, 0xff, 0xff];
  const { sections } = parseOnly([SECTION.dataCount, junk], [SECTION.data, junk]);
  assertEquals(sections.map(({ id }) => id), [SECTION.dataCount, SECTION.data]);
});

Deno.test("sections: types, and the groups that are written as such", () => {
  const { types, recursionGroups } = parseOnly([SECTION.type, [
    5,
    ...[0x60, 1, I32, 0],
    ...[0x4e, 2, 0x5f, 3, 0x78, 0, 0x77, 1, 0x64, 1, 0, 0x5e, 0x7b, 1],
    ...[0x4e, 0],
    ...[0x50, 1, 1, 0x5f, 0], // a subtype of type 1
    ...[0x4f, 0, 0x5e, 0x78, 0],
  ]]);
  assertEquals(recursionGroups, 2);
  assertEquals(types[0].kind === "func" && types[0].signature, "i32->");
  assertEquals(types.slice(1), [
    { kind: "struct", fields: 3, bytes: 16 + 1 + 2 + 8 },
    { kind: "array", elementBytes: 16 },
    { kind: "struct", fields: 0, bytes: 16 },
    { kind: "array", elementBytes: 1 },
  ]);
});

Deno.test("sections: imports come first in their index spaces, tags included", () => {
  const module = parseOnly(
    [SECTION.type, [2, 0x60, 0, 0, 0x60, 1, I32, 0]],
    [SECTION.import, [
      ...[6, 0, 0, 0, 1],
      ...[0, 0, 1, FUNCREF, 7, 2, 3], // shared, of which tables know nothing
      ...[0, 0, 2, 4, 5],
      ...[0, 0, 3, I32, 1],
      ...[0, 1, 0x78, 4, 0, 1],
      ...[0, 0, 0, 0],
    ]],
    [SECTION.tag, [1, 0, 0]],
    [SECTION.global, [2, I32, 0, 0x41, 9, END, 0x7e, 0, 0x42, 9, END]],
  );
  const table = { element: "funcref", minimum: 2, maximum: 3, is64: true };
  const memory = { minimum: 5, maximum: undefined, shared: false, is64: true };
  assertEquals(module.imports, [
    { module: "", name: "", kind: "func", type: 1 },
    { module: "", name: "", kind: "table", table },
    { module: "", name: "", kind: "memory", memory },
    { module: "", name: "", kind: "global" },
    { module: "", name: "x", kind: "tag", type: 1 },
    { module: "", name: "", kind: "func", type: 0 },
  ]);
  const { functionCount, tableCount, memoryCount, globalCount, tags, globalValues } = module;
  assertEquals([functionCount, tableCount, memoryCount, globalCount], [2, 1, 1, 3]);
  assertEquals([tags, [...globalValues]], [[1, 0], [[1, 9]]]);
  assertEquals([module.addressTaken.length, module.referenced.length], [2, 2]);
});

Deno.test("sections: where the limits of each table are", () => {
  const { tables, tableLimits, bytes, referenced } = parse([SECTION.table, [
    ...[2, 0x6f, 1, 5, 0x80, 1],
    ...[0x40, 0, 0x63, 0, 4, 6, ...REF_FUNC(2)],
  ]]);
  const limits = tableLimits.map(({ start, end }) => [...bytes.slice(start, end)]);
  assertEquals(limits, [[1, 5, 0x80, 1], [4, 6]]);
  assertEquals(tables.map(({ element }) => element), ["externref", "(ref null 0)"]);
  assertEquals([...referenced], [0, 0, 1, 0]);
});

/** Element segments of functions 1 and 3, by their flags; and how many elements are active. */
const SEGMENTS: readonly (readonly [segment: readonly number[], active: number])[] = [
  [[0, ...I32_CONST, 2, 1, 3], 2],
  [[1, 0, 2, 1, 3], 0],
  [[2, 0, ...I32_CONST, 0, 2, 1, 3], 2],
  [[3, 0, 2, 1, 3], 0],
  [[4, ...I32_CONST, 2, ...REF_FUNC(1), ...REF_FUNC(3)], 2],
  [[5, FUNCREF, 2, ...REF_FUNC(1), ...REF_FUNC(3)], 0],
  [[6, 0, ...I32_CONST, 0x63, 0, 2, ...REF_FUNC(1), ...REF_FUNC(3)], 2],
  [[7, 0x64, 0, 2, ...REF_FUNC(1), ...REF_FUNC(3)], 0],
];

Deno.test("sections: element segments of each kind", () => {
  for (const [segment, active] of SEGMENTS) {
    const module = parse([SECTION.element, [3, 1, 0, 0, ...segment, ...segment]]);
    assertEquals(module.activeElements, 2 * active, `${segment}`);
    assertEquals([...module.addressTaken], [0, 1, 0, 1]);
    assertEquals([...module.referenced], [0, 1, 0, 1]);
    for (let length = 0; length < segment.length; length++) {
      const part = () => parse([SECTION.element, [1, ...segment.slice(0, length)]]);
      assertEquals(assertThrows(part, LoadError).code, "wasm_invalid", `${segment}`);
    }
  }
});

Deno.test("sections: exports and the start name a function, but not by reference", () => {
  const module = parse(
    [SECTION.export, [3, 0, 0, 1, 1, 0x61, 3, 2, 1, 0x62, 4, 3]],
    [SECTION.start, [3]],
  );
  assertEquals(module.exports, [
    { name: "", kind: "func", index: 1 },
    { name: "a", kind: "global", index: 2 },
    { name: "b", kind: "tag", index: 3 },
  ]);
  assertEquals(module.start, 3);
  assertEquals([...module.addressTaken], [0, 1, 0, 1]);
  assertEquals([...module.referenced], [0, 0, 0, 0]);
});
