// Modules that are too much for the engine, or for its memory: up to each ceiling they load, and beyond it they are refused.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { readBody } from "../lib/load.ts";
import { LoadError, loadPlugin, meterModule } from "../mod.ts";
import { Writer } from "../lib/wasm/bytes.ts";
import {
  checkShape,
  MAX_ACTIVE_ELEMENTS,
  MAX_CUSTOM_SECTIONS,
  MAX_EXPORTS,
  MAX_MODULE_BYTES,
  MAX_OPERANDS,
  MAX_RECURSION_GROUPS,
  MAX_TABLE_ELEMENTS,
} from "../lib/wasm/ceilings.ts";
import { parseModule, SECTION } from "../lib/wasm/module.ts";
import { assertPluginError, guest, refused, rejection } from "./support/plugin.ts";
import { wat } from "./support/wat.ts";

type Content = readonly number[];

const I32 = 0x7f, VOID = 0x40, END = 0x0b;
const DROPPED = [0x41, 0, 0x1a], BR = [0x0c, 0], I32_CONST = [0x41, 0], UNREACHABLE = 0x00;
/** How many operands a call, a block, or a handler of the module below adds. */
const WIDE = 1000;

function leb(value: number): number[] {
  const out = new Writer();
  out.u32(value);
  return [...out.finish()];
}

function repeat(count: number, content: Content): number[] {
  return new Array<Content>(count).fill(content).flat();
}

/** What a command may hold that is not as usual. */
interface Parts {
  /** Recursion groups, each of a type. */
  readonly groups?: number;
  /** Custom sections. */
  readonly custom?: number;
  /** What `_start` does. */
  readonly code?: Content;
}

/**
 * A command. Type 0 is `() -> ()`, type 1 has `WIDE` results, type 2 as many params, and that is the type of tag 0; function 0 is
 * `_start`, and function 1 of type 1.
 */
function command({ groups = 0, custom = 0, code = [] }: Parts): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const section = (id: number, content: Content) => {
    const body = new Writer();
    body.bytes(content);
    out.section(id, body);
  };
  const wide = [...leb(WIDE), ...repeat(WIDE, [I32])];
  section(SECTION.type, [
    ...leb(3 + groups),
    ...[0x60, 0, 0],
    ...[0x60, 0, ...wide],
    ...[0x60, ...wide, 0],
    ...repeat(groups, [0x4e, 1, 0x60, 0, 0]),
  ]);
  section(SECTION.function, [2, 0, 1]);
  section(SECTION.memory, [1, 0, 1]);
  section(SECTION.tag, [1, 0, 2]);
  section(SECTION.export, [
    ...[2, 6, ...new TextEncoder().encode("_start"), 0, 0],
    ...[6, ...new TextEncoder().encode("memory"), 2, 0],
  ]);
  const codes = new Writer();
  codes.u8(2);
  for (const each of [code, [UNREACHABLE]]) {
    const body = new Writer();
    body.bytes([0, ...each, END]);
    codes.sized(body);
  }
  out.section(SECTION.code, codes);
  for (let left = custom; left > 0; left--) section(SECTION.custom, [1, 0x61]);
  return out.finish();
}

/** Code that has so many operands in a block, and then leaves it. */
function push(count: number, wide: Content): number[] {
  const units = wide.length === 0 ? 0 : Math.floor(count / WIDE);
  return [...repeat(units, wide), ...repeat(count - units * WIDE, I32_CONST), ...BR];
}

/** The same by handlers in one another, of which each gets operands. */
function catchAll(count: number): number[] {
  const levels = Math.floor(count / WIDE);
  return [
    ...repeat(levels, [0x06, VOID, 0x07, 0]),
    ...repeat(count - levels * WIDE, I32_CONST),
    ...repeat(levels, [...BR, END]),
  ];
}

/** By what there is too much of: the ceiling, a command with so much, and what the refusal says. */
const SHAPES: readonly {
  readonly name: string;
  readonly most: number;
  readonly make: (count: number) => Parts;
  readonly what: string;
}[] = [
  {
    name: "custom sections",
    most: MAX_CUSTOM_SECTIONS,
    make: (custom) => ({ custom }),
    what: "custom sections",
  },
  {
    name: "recursion groups",
    most: MAX_RECURSION_GROUPS,
    make: (groups) => ({ groups }),
    what: "recursion groups",
  },
  ...[
    { name: "constants", block: (count: number) => push(count, []) },
    { name: "results of calls", block: (count: number) => push(count, [0x10, 1]) },
    {
      name: "results of blocks that nothing comes out of",
      block: (count: number) => push(count, [0x02, 1, UNREACHABLE, END]),
    },
    { name: "what handlers get", block: catchAll },
  ].map(({ name, block }) => ({
    name: `operands: ${name}`,
    most: MAX_OPERANDS,
    make: (count: number) => ({ code: [0x02, VOID, ...block(count), END] }),
    what: "operands on the stack of function 0",
  })),
];

for (const { name, most, make, what } of SHAPES) {
  Deno.test(`ceiling: ${name}`, async () => {
    const load = (count: number) =>
      loadPlugin({ name: "test-plugin" }, { wasm: command(make(count)) });
    await (await load(most)).close();
    const error = await rejection(load(most + 1));
    assertPluginError(error, { code: "wasm_unsupported" });
    const expected = `unsupported wasm: ${most + 1} ${what}, of which ${most} are allowed`;
    assertEquals(error.message, `Cannot load plugin "test-plugin": ${expected}`);
    const refusal = assertThrows(() => meterModule(command(make(most + 1))), LoadError);
    assertEquals(refusal.message, expected);
  });
}

Deno.test("ceiling: operands are those of one time, however long a function is", async () => {
  const wasm = command({ code: repeat(100_000, DROPPED) });
  assert(wasm.length > 300_000);
  await (await loadPlugin({ name: "test-plugin" }, { wasm })).close();
});

Deno.test("ceiling: a long function that cannot be decoded is refused as invalid", () => {
  const module = parseModule(command({ code: [...repeat(100_000, DROPPED), 0x10, 7] }));
  const error = assertThrows(() => checkShape(module), LoadError);
  assertEquals(error.code, "wasm_invalid");
});

Deno.test("ceiling: elements of tables, at the start", async () => {
  const load = async (elements: number) => {
    const text = `(module (table ${elements} externref)
      (memory (export "memory") 1) (func (export "_start")))`;
    return await loadPlugin({ name: "test-plugin" }, { wasm: await wat(text) });
  };
  await (await load(MAX_TABLE_ELEMENTS)).close();
  await refused(load(MAX_TABLE_ELEMENTS + 1), {
    code: "wasm_unsupported",
    message: /table of 1000001 elements at the start, where 1000000 are allowed/,
  });
});

const INSTANTIATION: [what: string, most: number, fields: (count: number) => string][] = [
  [
    "exports",
    MAX_EXPORTS,
    (count) => Array.from({ length: count - 2 }, (_, i) => `(export "e${i}" (func 0))`).join(""),
  ],
  [
    "elements in active segments",
    MAX_ACTIVE_ELEMENTS,
    (count) =>
      `(table ${count} funcref) (elem (i32.const 0) func ${"0 ".repeat(count - 1)})
       (elem (i32.const 1) func 0) (elem func 0 0)`,
  ],
];

for (const [what, most, fields] of INSTANTIATION) {
  Deno.test(`ceiling: ${what}`, async () => {
    const load = async (count: number) => {
      const text = `(module (memory (export "memory") 1) (func (export "_start")) ${
        fields(count)
      })`;
      return await loadPlugin({ name: "test-plugin" }, { wasm: await wat(text) });
    };
    await (await load(most)).close();
    const refusal = new RegExp(`${most + 1} ${what}, of which ${most} are allowed`);
    await refused(load(most + 1), { code: "wasm_unsupported", message: refusal });
  });
}

Deno.test("ceiling: bytes of a module, as its response announces them", async () => {
  const wasm = await guest("script");
  const load = (length: number) => {
    const response = new Response(wasm, { headers: { "content-length": `${length}` } });
    return loadPlugin({ name: "test-plugin" }, { wasm: response });
  };
  await (await load(MAX_MODULE_BYTES)).close();
  await refused(load(MAX_MODULE_BYTES + 1), {
    code: "wasm_unsupported",
    message: /its wasm has at least 268435457 bytes, of which 268435456 are allowed/,
  });
});

Deno.test("ceiling: bytes of a module, given as such", async () => {
  for (
    const wasm of [new Uint8Array(MAX_MODULE_BYTES + 1), new ArrayBuffer(MAX_MODULE_BYTES + 1)]
  ) {
    const loading = loadPlugin({ name: "test-plugin" }, { wasm });
    assertPluginError(await rejection(loading), { code: "wasm_unsupported", message: /268435457/ });
  }
});

/** A response that never ends, of chunks of 10 bytes; `read` counts those that were asked for. */
function endless(headers: HeadersInit = {}) {
  const seen = { read: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => {
      seen.read++;
      controller.enqueue(new Uint8Array(10));
    },
    cancel: () => void (seen.cancelled = true),
  }, { highWaterMark: 0 });
  return { response: new Response(body, { headers }), seen };
}

Deno.test("ceiling: a response is read as far as it may be long, and let go of", async () => {
  assertEquals((await readBody(new Response(new Uint8Array(40)), 40)).length, 40);
  assertEquals((await readBody(new Response(null), 0)).length, 0);
  const { response, seen } = endless();
  assertPluginError(await rejection(readBody(response, 40)), { code: "wasm_unsupported" });
  assertEquals(seen, { read: 5, cancelled: true });
  assert(response.bodyUsed);
});

Deno.test("ceiling: a response that says that it is too long is not read", async () => {
  const { response, seen } = endless({ "content-length": "41" });
  assertPluginError(await rejection(readBody(response, 40)), { code: "wasm_unsupported" });
  assertEquals(seen, { read: 0, cancelled: true });
});
