import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Writer } from "../../lib/wasm/bytes.ts";
import { parseModule, SECTION } from "../../lib/wasm/module.ts";
import { OperandScanner } from "../../lib/wasm/operands.ts";
import { assemble } from "../support/binaryen.ts";
import { wat } from "../support/wat.ts";

/** The first function that is not imported is scanned. */
const MODULE = (body: string) =>
  `(module
    (type $three (func (param i32 i32 i32)))
    (type $pair (func (param i32) (result i32 i32)))
    (import "host" "five" (func $five (result i32 i32 i32 i32 i32)))
    (memory 1) (table $t 1 funcref) (tag $e (param i32 i64 f32))
    (func $f ${body})
    (func $pair (type $pair) local.get 0 local.get 0)
    (func $none))`;

function most(bytes: Uint8Array): number {
  const module = parseModule(bytes);
  return new OperandScanner(module).most(module.bodies.starts[0], module.bodies.ends[0]);
}

/** A body, and the most operands on its stack. */
const ROWS: readonly (readonly [body: string, most: number])[] = [
  ["", 0],
  ["(local i32 i64)", 0],
  ["i32.const 1 i32.const 2 i32.add drop", 2],
  ["i32.const 1 drop i32.const 1 drop i32.const 1 drop", 1],
  ["call $five drop drop drop drop drop", 5],
  ["i32.const 1 call $pair drop call $pair call $none drop drop", 2],
  ["i32.const 1 i32.const 0 call_indirect (type $pair) drop drop", 2],
  ["call $five i32.const 0 call_indirect (type $three) drop drop", 6],
  ["call $five return", 5],
  ["call $five call $five call $five unreachable i32.const 1 i32.const 1 drop drop", 15],
  // From there on the count begins again at what is below the block.
  ["i32.const 1 block call $five br 0 i32.const 1 i32.const 1 drop drop end drop", 6],
  ["block (result i32) call $five br 0 end drop", 5],
  ["block (result i32) i32.const 1 i32.const 1 br_if 0 end drop", 2],
  ["i32.const 1 block (param i32) (result i32 i32) call $pair end drop drop", 2],
  ["call $five loop (param i32) drop i32.const 1 drop end drop drop drop drop", 5],
  ["i32.const 1 if (result i32) i32.const 2 else i32.const 3 end drop", 1],
  ["i32.const 1 i32.const 1 if (param i32) drop else call $none drop end", 2],
  ["call $five i32.const 1 br_table 0 0", 6],
  // Where nothing is reached a block has its results all the same.
  ["block (type 2) unreachable end drop drop drop drop drop", 5],
  [
    "i32.const 1 try call $five i32.const 0 i64.const 0 f32.const 0 throw $e catch $e drop drop drop catch_all end drop",
    9,
  ],
  ["i32.const 9 try catch $e i32.const 1 drop drop drop drop end drop", 5],
  ["try (result i32) call $five br 0 delegate 0 drop", 5],
  ["try call $none catch_all rethrow 0 end", 0],
  [
    "block (result i32 i64 f32) try_table (catch $e 0) call $five unreachable end i32.const 1 i64.const 1 f32.const 1 end drop drop drop",
    5,
  ],
  ["i32.const 0 i64.const 0 i64.store memory.size drop", 2],
  ["i32.const 0 i32.const 0 i32.const 0 memory.fill i32.const 0 drop", 3],
  ["i32.const 0 i32.const 0 return_call_indirect (type 4)", 2],
  ["v128.const i64x2 0 0 v128.const i64x2 0 0 v128.const i64x2 0 0 v128.bitselect drop", 3],
];

Deno.test("operands: the most on the stack of a function", async (t) => {
  for (const [body, expected] of ROWS) {
    await t.step(`[${body}]`, async () => assertEquals(most(await wat(MODULE(body))), expected));
  }
});

Deno.test("operands: structures, arrays and references", () => {
  const bytes = assemble(`(module
    (type $wide (struct (field i32) (field i32) (field i32)))
    (type $bytes (array i8))
    (type $f (func (param i32 i32)))
    (elem declare func $callee)
    (func
      (drop (struct.new $wide (i32.const 1) (i32.const 2) (i32.const 3)))
      (drop (struct.new $wide (i32.const 1) (i32.const 2) (i32.const 3)))
      (drop (array.new_fixed $bytes 4 (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)))
      (drop (array.new_fixed $bytes 4 (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)))
      (call_ref $f (i32.const 1) (i32.const 2) (ref.func $callee))
      (drop (block $null (result (ref null $f))
        (call_ref $f (i32.const 1) (i32.const 2) (br_on_null 1 (ref.func $callee)))
        (ref.null $f))))
    (func $callee (type $f)))`);
  assertEquals(most(bytes), 4);
});

/** A module of one function with that code, which need not be valid. */
function moduleOf(code: readonly number[]): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const body = new Writer();
  body.u8(0);
  body.bytes(code);
  const codes = new Writer();
  codes.u8(1);
  codes.sized(body);
  const sections: [id: number, content: readonly number[]][] = [
    [SECTION.type, [1, 0x60, 0, 0]],
    [SECTION.function, [1, 0]],
  ];
  for (const [id, content] of sections) {
    const section = new Writer();
    section.bytes(content);
    out.section(id, section);
  }
  out.section(SECTION.code, codes);
  return out.finish();
}

const I32_CONST = [0x41, 0], VOID = 0x40, END = 0x0b;

/** Code that no engine would take, and what comes of it. */
const MALFORMED: readonly (readonly [name: string, code: readonly number[], expected: string])[] = [
  ["nothing", [], "0"],
  ["no end", I32_CONST, "1"],
  ["more after the end", [END, ...I32_CONST, ...I32_CONST, END], "0"],
  ["operands that are not there", [0x6a, 0x6a, ...I32_CONST, END], "1"],
  ["more elements than operands", [0xfb, 0x08, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, END], "0"],
  ["a structure of no structure type", [0xfb, 0x00, 0, END], "1"],
  ["an else without an if", [0x02, VOID, 0x05, END, END], "0"],
  ["a handler without a try", [0x02, VOID, 0x19, END, END], "0"],
  ["half an integer", [0x41, 0x80], "wasm_invalid"],
  ["an unknown instruction", [0x27, END], "wasm_unsupported"],
  ["an unknown type of a block", [0x02, 0x50, END], "wasm_unsupported"],
  ["a type of a block that is not there", [0x02, 7, END], "wasm_invalid"],
  ["a function that is not there", [0x10, 7, END], "wasm_invalid"],
  ["a type of a call that is not there", [0x11, 7, 0, END], "wasm_invalid"],
  ["a tag that is not there", [0x06, VOID, 0x07, 7, END, END], "wasm_invalid"],
  ["a label that is not there", [0x0c, 7, END], "0"],
];

Deno.test("operands: of what is not valid, any number or a LoadError", async (t) => {
  for (const [name, code, expected] of MALFORMED) {
    await t.step(name, () => {
      const bytes = moduleOf(code);
      if (!/\D/.test(expected)) return assertEquals(`${most(bytes)}`, expected);
      const error = assertThrows(() => most(bytes));
      assertInstanceOf(error, LoadError);
      assertEquals(error.code, expected);
    });
  }
});

Deno.test("operands: 100,000 blocks in one another", () => {
  const count = 100_000;
  const opened = new Array<number>(2 * count).fill(VOID).map((byte, i) => i % 2 ? byte : 0x02);
  assertEquals(most(moduleOf([...opened, ...new Array<number>(count + 1).fill(END)])), 0);
});
