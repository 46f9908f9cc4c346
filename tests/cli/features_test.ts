// Which proposals a module uses: by the first and last instruction of each, and by types.
import { assertEquals, assertThrows } from "@std/assert";
import { listFeatures } from "../../lib/cli/features.ts";
import { LoadError } from "../../lib/errors.ts";
import { Writer } from "../../lib/wasm/bytes.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import { assemble } from "../support/binaryen.ts";
import { wat } from "../support/wat.ts";

const EMPTY = 0x40;

/** The features of a function of that body, which need not be valid. */
function featuresOf(locals: readonly number[], ...code: readonly number[]): string[] {
  const body = new Writer(), bodies = new Writer(), out = new Writer();
  body.bytes([...locals, ...code, 0x0b]);
  bodies.u32(1);
  bodies.sized(body);
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0]);
  out.section(10, bodies);
  return listFeatures(parseModule(out.finish()));
}

/** Instructions with their immediates, and the proposal of all of them. */
const INSTRUCTIONS: [feature: string | undefined, ...instructions: number[][]][] = [
  [undefined, [0x05], [0x0b], [0x11, 0, 0], [0x1a], [0x1b], [0x20, 0], [0x24, 0], [0x28, 0, 0]],
  [undefined, [0xbf], [0x02, EMPTY], [0x02, 0x7f], [0x0e, 1, 0, 0], [0x3f, 0], [0x40, 0]],
  ["exception-handling", [0x06, EMPTY], [0x07, 0], [0x08, 0], [0x09, 0], [0x0a]],
  ["exception-handling", [0x18, 0], [0x19], [0x1f, EMPTY, 0]],
  ["tail-call", [0x12, 0], [0x13, 0, 0], [0x15, 0]],
  ["function-references", [0x14, 0], [0xd4], [0xd5, 0], [0xd6, 0]],
  ["reference-types", [0x1c, 1, 0x7f], [0x25, 0], [0x26, 0]],
  ["reference-types", [0xd0, 0x70], [0xd1], [0xd2, 0]],
  ["reference-types", [0xfc, 0x0f, 0], [0xfc, 0x10, 0], [0xfc, 0x11, 0]],
  ["sign-ext", [0xc0], [0xc4]],
  ["gc", [0xd3], [0xfb, 0x00, 0], [0xfb, 0x1e]],
  ["nontrapping-fptoint", [0xfc, 0x00], [0xfc, 0x07]],
  ["bulk-memory", [0xfc, 0x08, 0, 0], [0xfc, 0x0e, 0, 0]],
  ["wide-arithmetic", [0xfc, 0x13], [0xfc, 0x16]],
  ["simd128", [0xfd, 0x00, 0, 0], [0xfd, 0xff, 0x01]],
  ["relaxed-simd", [0xfd, 0x80, 0x02], [0xfd, 0x93, 0x02]],
  ["atomics", [0xfe, 0x00, 2, 0], [0xfe, 0x4e, 0, 0]],
  // A type index: the block may have params, or several results.
  ["multivalue", [0x02, 0], [0x03, 0], [0x04, 0]],
];

Deno.test("features: the first instruction of each proposal, the last, and those beside", () => {
  for (const [feature, ...instructions] of INSTRUCTIONS) {
    for (const code of instructions) {
      const expected = feature === undefined ? [] : [feature];
      assertEquals(featuresOf([0], ...code), expected, code.join(" "));
    }
  }
});

Deno.test("features: of all bodies, each once, sorted", async () => {
  const text = `(module
    (func $f (return_call $f))
    (func $g (return_call $f))
    (func (drop (i32.extend8_s (i32.const 1))) (drop (ref.null func)))
    (func (result i32 i32) i32.const 1 i32.const 2))`;
  const expected = ["multivalue", "reference-types", "sign-ext", "tail-call"];
  assertEquals(listFeatures(parseModule(await wat(text))), expected);
});

Deno.test("features: locals and immediates are not taken for instructions", () => {
  // The bytes of ref.null and i32.extend8_s, as an integer, a number, and counts of locals.
  assertEquals(featuresOf([0], 0x41, 0xc0, 0x01, 0x1a), []);
  assertEquals(featuresOf([0], 0x44, 0xd0, 0x70, 0xfc, 0x08, 0xfd, 0xfe, 0xc0, 0xc4, 0x1a), []);
  assertEquals(featuresOf([2, 0x12, 0x7f, 0xc0, 1, 0x63, 0x0a]), []);
  assertEquals(featuresOf([2, 0x12, 0x7f, 0xc0, 1, 0x63, 0x0a], 0xc0), ["sign-ext"]);
});

const TYPES: [type: string, features: string[]][] = [
  ["(struct)", ["gc"]],
  ["(array i8)", ["gc"]],
  ["(func (param i32 i32) (result i32))", []],
  ["(func (result i32 i32))", ["multivalue"]],
];

Deno.test("features: of types that no code uses", () => {
  for (const [type, features] of TYPES) {
    // binaryen drops a type that nothing names.
    const text = `(module (type $t ${type}) (global (ref null $t) (ref.null $t)))`;
    const module = parseModule(assemble(text));
    assertEquals([module.types.length, listFeatures(module)], [1, features], type);
  }
});

const SPACES: [text: string, features: string[]][] = [
  ["(memory 1) (table 1 funcref)", []],
  ["(memory i64 1)", ["memory64"]],
  ["(memory 1 1 shared)", ["atomics"]],
  ["(memory 1) (memory 1)", ["multimemory"]],
  ["(table i64 1 funcref)", ["memory64"]],
  [`(import "a" "m" (memory i64 1))`, ["memory64"]],
  [`(import "a" "m" (memory 1 1 shared))`, ["atomics"]],
  [`(import "a" "m" (memory 1)) (memory 1)`, ["multimemory"]],
  [`(import "a" "t" (table i64 1 funcref))`, ["memory64"]],
];

Deno.test("features: of memories and tables, imported or not", async () => {
  for (const [text, features] of SPACES) {
    assertEquals(listFeatures(parseModule(await wat(`(module ${text})`))), features, text);
  }
});

Deno.test("features: what a target_features section claims is not believed", async () => {
  const text = `(module (@custom "target_features" "\\01+\\07simd128") (func))`;
  assertEquals(listFeatures(parseModule(await wat(text))), []);
});

Deno.test("features: an instruction that is not known is refused", () => {
  const error = assertThrows(() => featuresOf([0], 0xc0, 0x27), LoadError);
  assertEquals(error.code, "wasm_unsupported");
});
