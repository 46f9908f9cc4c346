// What the plan of one body is told of the module around it.
import { assertEquals, assertStrictEquals } from "@std/assert";
import { parseModule } from "../../lib/wasm/module.ts";
import { noCallees, outlineOf } from "../../lib/wasm/surroundings.ts";
import { assemble } from "../support/binaryen.ts";
import { wat } from "../support/wat.ts";

const NO_OPTIONS = { isCounted: false, isProfiled: false, callsAfterGrowth: false };

const WIDTHS = `(module
  (type (func (result i32)))
  (type (func (param i32 i64)))
  (import "a" "f" (func (type 1)))
  (import "a" "m" (memory i64 1))
  (import "a" "t" (table 1 funcref))
  (import "a" "g" (global i32))
  (import "a" "n" (memory 1))
  (import "a" "u" (table i64 1 funcref))
  (import "a" "e" (tag (param i32 i64)))
  (import "a" "h" (func (type 0)))
  (memory 1) (memory 1)
  (table i64 1 funcref) (table i64 1 externref)
  (func (type 0) i32.const 0)
  (func (type 1)))`;

Deno.test("surroundings: imports come first in each index space", async () => {
  const module = parseModule(await wat(WIDTHS));
  assertEquals(outlineOf(module, NO_OPTIONS), {
    importedFunctions: 2,
    hasParams: [false, true],
    wideMemories: [true, false, false, false],
    wideTables: [false, true, true, true],
    counted: undefined,
    isProfiled: false,
    callsAfterGrowth: false,
  });
});

Deno.test("surroundings: a module of nothing", async () => {
  const { importedFunctions, hasParams, wideMemories, wideTables } = outlineOf(
    parseModule(await wat("(module)")),
    NO_OPTIONS,
  );
  assertEquals([importedFunctions, hasParams, wideMemories, wideTables], [0, [], [], []]);
});

Deno.test("surroundings: structures and arrays have no params, by whatever index", () => {
  const module = parseModule(assemble(`(module
    (type $array (array (mut i32)))
    (type $struct (struct (field i32)))
    (type $params (func (param i32)))
    (func (type $params) (drop (struct.new $struct (array.len (array.new_fixed $array 0))))))`));
  assertEquals(module.types.map(({ kind }) => kind), ["array", "struct", "func"]);
  assertEquals(outlineOf(module, NO_OPTIONS).hasParams, [false, false, true]);
});

Deno.test("surroundings: each option is by itself", async () => {
  const module = parseModule(await wat("(module (tag (param i32)))"));
  for (const option of ["isCounted", "isProfiled", "callsAfterGrowth"] as const) {
    const { counted, isProfiled, callsAfterGrowth } = outlineOf(module, {
      ...NO_OPTIONS,
      [option]: true,
    });
    assertEquals(isProfiled, option === "isProfiled");
    assertEquals(callsAfterGrowth, option === "callsAfterGrowth");
    assertStrictEquals(counted?.types, option === "isCounted" ? module.types : undefined);
    assertStrictEquals(counted?.tags, option === "isCounted" ? module.tags : undefined);
  }
});

Deno.test("surroundings: of callees of which nothing is known, each has columns of its own", () => {
  for (const count of [0, 3]) {
    const { allocates, ...columns } = noCallees(count);
    assertEquals(allocates, false);
    assertEquals(Object.keys(columns).length, 6);
    for (const column of Object.values(columns)) {
      assertEquals([...column], new Array(count).fill(0));
      column.fill(1);
    }
  }
});
