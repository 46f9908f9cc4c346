import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { Writer } from "../../lib/wasm/bytes.ts";
import { type Module, parseModule, SECTION } from "../../lib/wasm/module.ts";
import { wat } from "../support/wat.ts";

const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module of sections that are given by id and content. */
function moduleOf(...sections: [id: number, content: number[]][]): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.bytes(HEADER);
  for (const [id, content] of sections) {
    const body = new Writer();
    body.bytes(content);
    writer.section(id, body);
  }
  return writer.finish();
}

function failure(bytes: Uint8Array): string {
  const error = assertThrows(() => parseModule(bytes));
  assertInstanceOf(error, LoadError);
  return `${error.code}: ${error.message}`;
}

const RICH = `(module
  (type $binary (func (param i32 i64) (result f32)))
  (type $v (func (param v128 funcref externref) (result i32 f64)))
  (import "a" "f" (func $imported (type $binary)))
  (import "a" "t" (table 1 2 externref))
  (import "a" "g" (global (mut i32)))
  (import "a" "m" (memory 3 9))
  (import "a" "e" (tag (param i32)))
  (func $start)
  (func $exported (export "run") (type $v) unreachable)
  (func $listed)
  (func $initial)
  (func $plain)
  (func $expression)
  (func $declared)
  (table $t 5 funcref)
  (tag)
  (global funcref (ref.func $initial))
  (global (export "g") i64 (i64.const -5))
  (export "t" (table $t))
  (start $start)
  (elem (table $t) (i32.const 0) func $listed $imported)
  (elem (table $t) (i32.const 0) funcref (ref.func $expression) (ref.null func))
  (elem declare func $declared)
  (elem funcref (ref.null func))
  (elem func $listed)
  (data (i32.const 0) "abc")
  (data $passive "def")
  (func (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 0))))`;

Deno.test("module: the outline of a module with a bit of everything", async () => {
  const bytes = await wat(RICH);
  const module = parseModule(bytes);
  assertEquals(
    module.types.slice(0, 2).map((it) => it.kind === "func" && [it.params, it.results]),
    [[2, 1], [3, 2]],
  );
  assertEquals(
    module.types.map((it) => it.kind === "func" && it.signature),
    ["i32,i64->f32", "v128,funcref,externref->i32,f64", "i32->", "->"],
  );
  const limits = { minimum: 3, maximum: 9, shared: false, is64: false };
  assertEquals<unknown>(module.imports, [
    { module: "a", name: "f", kind: "func", type: 0 },
    {
      ...{ module: "a", name: "t", kind: "table" },
      table: { element: "externref", minimum: 1, maximum: 2, is64: false },
    },
    { module: "a", name: "g", kind: "global" },
    { module: "a", name: "m", kind: "memory", memory: limits },
    { module: "a", name: "e", kind: "tag", type: 2 },
  ]);
  assertEquals([...module.functionTypes], [3, 1, 3, 3, 3, 3, 3, 3]);
  const { functionCount, tableCount, memoryCount, globalCount, tags } = module;
  assertEquals([functionCount, tableCount, memoryCount, globalCount], [9, 2, 1, 3]);
  assertEquals(tags, [2, 3]);
  assertEquals(module.tables, [
    { element: "funcref", minimum: 5, maximum: undefined, is64: false },
  ]);
  assertEquals(module.memories, []);
  assertEquals(module.exports, [
    { name: "run", kind: "func", index: 2 },
    { name: "g", kind: "global", index: 2 },
    { name: "t", kind: "table", index: 1 },
  ]);
  assertEquals(module.start, 1);
  // By function: imported, start, exported, listed, initial; plain is not; expression, declared.
  assertEquals([...module.addressTaken], [1, 1, 1, 1, 1, 0, 1, 1, 0]);

  const { starts, ends } = module.bodies;
  assertEquals(starts.length, 8);
  assertEquals([...bytes.slice(starts[0], ends[0])], [0, 0x0b]);
  assertEquals([...bytes.slice(starts[1], ends[1])], [0, 0x00, 0x0b]);

  assertEquals(
    module.sections.map(({ id }) => id),
    [1, 2, 3, 4, 13, 6, 7, 8, 9, 12, 10, 11, 0],
  );
  let at = HEADER.length;
  for (const section of module.sections) {
    assertEquals([section.start, bytes[section.start]], [at, section.id]);
    at = section.end;
  }
  assertEquals(at, bytes.length);
  const custom = module.sections.at(-1)!;
  assertEquals([custom.name, bytes[custom.body]], ["name", 1]);
});

Deno.test("module: kinds of memory and table", () => {
  const rows: [number[], Partial<Module["memories"][number]>][] = [
    [[0, 1], { minimum: 1, maximum: undefined, shared: false, is64: false }],
    [[1, 1, 0x80, 0x80, 4], { maximum: 65536 }],
    [[3, 1, 2], { shared: true, is64: false }],
    [[4, 1], { shared: false, is64: true }],
    [[5, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40], { maximum: 2 ** 48 }],
    [[7, 1, 2], { shared: true, is64: true }],
  ];
  for (const [limits, expected] of rows) {
    const [memory] = parseModule(moduleOf([SECTION.memory, [1, ...limits]])).memories;
    for (const [key, value] of Object.entries(expected)) {
      assertEquals(memory[key as keyof typeof memory], value);
    }
  }

  const tables = parseModule(moduleOf(
    [SECTION.type, [1, 0x60, 0, 0]],
    [SECTION.function, [1, 0]],
    [SECTION.table, [
      ...[3, 0x6f, 4, 0x80, 1],
      ...[0x40, 0, 0x70, 0, 2, 0xd2, 0, 0x0b],
      ...[0x40, 0, 0x63, 0, 1, 1, 3, 0xd0, 0, 0x0b],
    ]],
    [SECTION.code, [1, 2, 0, 0x0b]],
  ));
  assertEquals(tables.tables, [
    { element: "externref", minimum: 128, maximum: undefined, is64: true },
    { element: "funcref", minimum: 2, maximum: undefined, is64: false },
    { element: "(ref null 0)", minimum: 1, maximum: 3, is64: false },
  ]);
  assertEquals([...tables.addressTaken], [1]);
});

/** Types of each form. */
const GC = moduleOf([SECTION.type, [
  6,
  ...[0x60, 3, 0x63, 0x6e, 0x64, 1, 0x69, 1, 0x6d],
  ...[0x4e, 2, 0x5f, 2, 0x78, 1, 0x77, 0, 0x50, 0, 0x5e, 0x63, 1, 1], // a group of two
  ...[0x4e, 0], // an empty group
  ...[0x4f, 1, 1, 0x5f, 0],
  ...[0x50, 1, 0, 0x60, 0, 0],
  ...[0x60, 5, 0x71, 0x72, 0x73, 0x74, 0x6b, 2, 0x6a, 0x6c],
]]);

Deno.test("module: types of each form", () => {
  assertEquals(
    parseModule(GC).types.map((it) => it.kind === "func" ? it.signature : it.kind),
    [
      "(ref null any),(ref 1),exnref->eqref",
      "struct",
      "array",
      "struct",
      "->",
      "nullref,nullexternref,nullfuncref,nullexnref,structref->arrayref,i31ref",
    ],
  );
});

Deno.test("module: constant expressions, extended and of references", () => {
  const expressions = [
    [0x7f, 0, 0x41, 1, 0x41, 0x80, 0x7f, 0x6a, 0x41, 3, 0x6c, 0x0b], // (1 + -128) * 3
    [0x7e, 0, 0x42, 0x0b, 0x0b], // a constant that looks like the end
    [0x7d, 0, 0x43, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b],
    [0x7b, 0, 0xfd, 12, ...new Array(16).fill(0x0b), 0x0b],
    [0x6e, 0, 0x41, 1, 0xfb, 0x1c, 0x0b], // ref.i31
    [0x70, 0, 0xd2, 0, 0x0b],
    [0x7f, 0, 0x23, 0, 0x0b],
  ];
  const module = parseModule(moduleOf(
    [SECTION.type, [1, 0x60, 0, 0]],
    [SECTION.function, [1, 0]],
    [SECTION.global, [expressions.length, ...expressions.flat()]],
    [SECTION.code, [1, 2, 0, 0x0b]],
  ));
  assertEquals(module.globalCount, expressions.length);
  assertEquals([...module.addressTaken], [1]);
});

Deno.test("module: cut off at any byte, it is wasm_invalid", async () => {
  for (const bytes of [await wat(RICH), await wat("(module)"), GC]) {
    // Where a section ends, what is left may be a module of fewer sections.
    const { sections } = parseModule(bytes);
    const whole = new Set([HEADER.length, ...sections.map(({ end }) => end)]);
    for (let length = 0; length < bytes.length; length++) {
      try {
        parseModule(bytes.slice(0, length));
        assert(whole.has(length), `${length} of ${bytes.length} bytes`);
      } catch (error) {
        assertInstanceOf(error, LoadError);
        assertEquals(error.code, "wasm_invalid");
      }
    }
  }
});

Deno.test("module: with any byte changed, it is a module or a LoadError", async () => {
  const bytes = await wat(RICH);
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0x00, 0x0b, 0x40, 0x7f, 0x80, 0xff, bytes[at] ^ 1]) {
      const changed = bytes.slice();
      changed[at] = value;
      try {
        parseModule(changed);
      } catch (error) {
        assertInstanceOf(error, LoadError);
      }
    }
  }
});

Deno.test("module: what is no module says so", () => {
  const not = "wasm_invalid: invalid wasm: not a WebAssembly module, which begins with 00 61 73 6d";
  const rows: [number[], string][] = [
    [[], "wasm_invalid: invalid wasm: no bytes at offset 0"],
    [[0x7b, 0x7d], `${not} at offset 0`],
    [[0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], `${not} at offset 0`],
    [HEADER.slice(0, 6), "wasm_invalid: invalid wasm: unexpected end at offset 6"],
    [
      [0x00, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0],
      "wasm_unsupported: unsupported wasm: WebAssembly component, not a core module: layer 1 at offset 6",
    ],
    [
      [0x00, 0x61, 0x73, 0x6d, 2, 0, 0, 0],
      "wasm_unsupported: unsupported wasm: version 0x02 at offset 4",
    ],
  ];
  for (const [bytes, expected] of rows) {
    assertEquals(failure(Uint8Array.from(bytes)), expected);
  }
  assertEquals(parseModule(Uint8Array.from(HEADER)).sections, []);
});

Deno.test("module: what is malformed or unknown is named with its offset", () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
  const type: [number, number[]] = [SECTION.type, [1, 0x60, 0, 0]];
  const func: [number, number[]] = [SECTION.function, [1, 0]];
  const invalid: [[number, number[]][], string][] = [
    [[[SECTION.type, [2, 0x60, 0, 0, 0x5f]]], "unexpected end at offset 15"],
    [[type, type], "section 1 is out of order at offset 14"],
    [[func], "0 is no function type at offset 11"],
    [[[SECTION.type, [1, 0x5f, 0]], func], "0 is no function type"],
    [[type, func], "1 functions have 0 bodies"],
    [[type, [SECTION.code, [1, 2, 0, 0x0b]]], "0 functions have 1 bodies"],
    [[type, func, [SECTION.code, [1, 3, 0, 0x0b]]], "unexpected end at offset 24"],
    [[[SECTION.type, [1, 0x60, 0, 0, 0]]], "section 1 is longer than its content at offset 14"],
    [[[SECTION.export, [1, 1, 0x66, 0, 0]]], "there is no function 0 at offset 14"],
    [[[SECTION.start, [0]]], "there is no function 0"],
    [[[SECTION.element, [1, 1, 0, 1, 7]]], "there is no function 7"],
    [[[SECTION.global, [1, 0x70, 0, 0xd2, 5, 0x0b]]], "there is no function 5"],
    [[[SECTION.global, [1, 0x7f, 0, 0x02, 0x40, 0x0b]]], "block in a constant expression"],
    [[[SECTION.import, [1, 1, 0xff, 0, 0, 0]]], "name that is not UTF-8 at offset 12"],
    [[[SECTION.custom, [1, 0xff]]], "name that is not UTF-8"],
    [[[SECTION.custom, []]], "unexpected end"],
    ...[
      SECTION.type,
      SECTION.import,
      SECTION.function,
      SECTION.table,
      SECTION.memory,
      SECTION.tag,
      SECTION.global,
      SECTION.export,
      SECTION.element,
      SECTION.code,
    ].map((id): [[number, number[]][], string] => [
      [[id, [...huge, 0, 0, 0, 0]]],
      "4294967295 elements do not fit in 4 bytes",
    ]),
    [[[SECTION.type, [1, 0x60, ...huge, 0]]], "4294967295 elements do not fit"],
    [[[SECTION.type, [1, 0x4e, ...huge, 0]]], "4294967295 elements do not fit"],
  ];
  for (const [sections, expected] of invalid) {
    const message = failure(moduleOf(...sections));
    assert(message.startsWith("wasm_invalid: ") && message.includes(expected), message);
  }
  assertEquals(
    failure(Uint8Array.of(...HEADER, SECTION.type, ...huge)),
    "wasm_invalid: invalid wasm: unexpected end at offset 14",
  );

  const unsupported: [[number, number[]], string][] = [
    [[14, []], "section 14 at offset 8"],
    [[SECTION.type, [1, 0x5d, 0]], "type 0x5d at offset 11"],
    [[SECTION.type, [1, 0x60, 1, 0x67, 0]], "value type 0x67 at offset 13"],
    [[SECTION.type, [1, 0x60, 1, 0x64, 0x62, 1, 0]], "heap type 0x62 at offset 14"],
    [[SECTION.import, [1, 0, 0, 5, 0]], "import or export of kind 0x05 at offset 13"],
    [[SECTION.import, [1, 1, 0x61, 0, 0x7f, 0]], "import or export of kind 0x7f"],
    [[SECTION.memory, [1, 8, 1, 0]], "limits of kind 0x08 at offset 11"],
    [[SECTION.tag, [1, 1, 0]], "tag of kind 0x01 at offset 11"],
    [[SECTION.table, [1, 0x40, 1, 0x70, 0, 0]], "table 0x01 at offset 12"],
    [[SECTION.element, [1, 8, 0, 0]], "element segment of kind 0x08 at offset 11"],
    [[SECTION.element, [1, 1, 1, 0]], "elements of kind 0x01 at offset 12"],
    [[SECTION.global, [1, 0x7f, 0, 0x27, 0x0b]], "opcode 0x27 at offset 13"],
  ];
  for (const [section, expected] of unsupported) {
    const message = failure(moduleOf(section));
    assert(message.startsWith(`wasm_unsupported: unsupported wasm: ${expected}`), message);
  }
});

Deno.test("module: a million functions", () => {
  const count = 1_000_000;
  const functions = new Writer();
  functions.u32(count);
  for (let i = 0; i < count; i++) functions.u8(0);
  const code = new Writer();
  code.u32(count);
  for (let i = 0; i < count; i++) code.bytes([2, 0, 0x0b]);
  const writer = new Writer();
  writer.bytes(moduleOf([SECTION.type, [1, 0x60, 0, 0]]));
  writer.section(SECTION.function, functions);
  writer.section(SECTION.code, code);
  const { functionCount, bodies } = parseModule(writer.finish());
  assertEquals([functionCount, bodies.starts.length], [count, count]);
  assertEquals(bodies.ends[count - 1] - bodies.starts[count - 1], 2);
});
