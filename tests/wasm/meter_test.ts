import { assertEquals, assertThrows } from "@std/assert";
import { LoadError } from "../../lib/errors.ts";
import { meterModule, type MeterOptions } from "../../lib/wasm/meter.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import { wat } from "../support/wat.ts";

const ADDED = ["global __rt_fuel", "table __rt_hook", "global __rt_grow_failed"];

const list = (items: { kind: string; name: string; module?: string }[]) =>
  items.map(({ kind, module, name }) => [kind, module, name].filter((it) => it).join(" "));

Deno.test("meter: nothing of the interface changes but what is added, last", async (t) => {
  const everything = `
    (import "a" "f" (func $f (param i32)))
    (import "a" "t" (table 1 funcref))
    (import "b" "g" (global i32))
    (import "b" "e" (tag))
    (table (export "t1") 3 funcref)
    (memory (export "m") 1)
    (global (export "g1") (mut i64) i64.const 7)
    (tag (export "e1") (param i32))
    (export "g" (global 0))
    (export "z" (func $f))
    (export "t" (table 0))
    (func (export "a"))
    (export "a again" (func 1))
    (export "" (func 1))`;
  const rows: [name: string, text: string, options: MeterOptions, start: boolean][] = [
    ["a bit of everything", everything, {}, false],
    ["with its own memory", everything, { memory: "own" }, false],
    ["with a start function", `${everything} (func $s) (start $s)`, {}, true],
    ["nothing", "", {}, false],
    ["a function", "(func)", {}, false],
    ["types", "(type (func)) (type (func (param i32)))", {}, false],
    ["imports", `(import "a" "f" (func)) (import "a" "m" (global i32))`, {}, false],
    ["a table with elements", "(table funcref (elem 0)) (func)", {}, false],
    ["a memory with data", `(memory 1) (data (i32.const 3) "x")`, {}, false],
    ["a memory and a start function", `(memory 1) (func) (start 0)`, {}, true],
    ["passive data, so a data count", `(memory 1) (data "x") (func data.drop 0)`, {}, false],
    ["a tag", "(tag)", {}, false],
    ["a global", "(global i32 i32.const 0)", {}, false],
  ];
  for (const [name, text, options, start] of rows) {
    await t.step(name, async () => {
      const bytes = await wat(`(module ${text})`);
      const before = new WebAssembly.Module(bytes);
      const { bytes: metered, abi } = meterModule(bytes, options);
      const after = new WebAssembly.Module(metered);
      assertEquals(list(WebAssembly.Module.exports(after)), [
        ...list(WebAssembly.Module.exports(before)),
        ...ADDED,
        ...(start ? ["function __rt_start"] : []),
      ]);
      assertEquals(list(WebAssembly.Module.imports(after)), [
        ...list(WebAssembly.Module.imports(before)),
        ...(abi.memory ? ["memory __rt_host __rt_memory"] : []),
      ]);
      assertEquals([abi.start, abi.memory !== undefined], [
        start ? "__rt_start" : undefined,
        text.includes("(memory") && options.memory !== "own",
      ]);
    });
  }
});

Deno.test("meter: the same bytes in, the same bytes out, and the given ones as they were", async () => {
  const bytes = await wat(`(module (memory 1) (func (export "f") loop br 0 end))`);
  const copy = bytes.slice();
  const { bytes: metered, abi } = meterModule(bytes);
  assertEquals(bytes, copy);
  assertEquals(meterModule(bytes), { bytes: metered, abi });
  const within = new Uint8Array([9, 9, 9, ...bytes, 9]).subarray(3, -1);
  assertEquals(meterModule(within).bytes, metered);
});

/** A section. */
function section(id: number, ...content: number[]): number[] {
  return [id, content.length, ...content];
}

/** A custom section of one-byte content. */
function custom(name: string, content: number): number[] {
  return section(0, name.length, ...new TextEncoder().encode(name), content);
}

Deno.test("meter: custom sections stay, where they are, but for branch hints", () => {
  const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const bytes = Uint8Array.of(
    ...header,
    ...custom("first", 1),
    ...section(1, 1, 0x60, 0, 0),
    ...custom("second", 2),
    ...section(3, 1, 0),
    ...custom("metadata.code.branch_hint", 0),
    ...section(10, 1, 2, 0, 0x0b),
    ...custom("second", 3),
    ...custom("name", 9),
  );
  const { bytes: metered } = meterModule(bytes);
  const { sections } = parseModule(metered);
  assertEquals(
    sections.map(({ id, name, body }) => name ? `${name} ${metered[body]}` : id),
    ["first 1", 1, "second 2", 3, 4, 6, 7, 10, "second 3", "name 9"],
  );
});

Deno.test("meter: names are kept", async () => {
  const bytes = await wat(
    `(module (func $one (param $p i32)) (func $two) (global $g i32 i32.const 0))`,
  );
  const names = (module: Uint8Array<ArrayBuffer>) =>
    WebAssembly.Module.customSections(new WebAssembly.Module(module), "name")
      .map((content) => new Uint8Array(content));
  assertEquals(names(meterModule(bytes).bytes), names(bytes));
  assertEquals(names(bytes).length, 1);
});

Deno.test("meter: what is refused, and why", async () => {
  const reserved = (name: string) =>
    `wasm_unsupported: unsupported wasm: export "${name}": names that begin with __rt_ are reserved`;
  const texts: [text: string, expected: string][] = [
    [`(func (export "__rt_fuel"))`, reserved("__rt_fuel")],
    [`(func (export "f")) (export "__rt_" (func 0))`, reserved("__rt_")],
    [`(memory (export "__rt_memory") 1)`, reserved("__rt_memory")],
  ];
  for (const [text, expected] of texts) {
    assertEquals(refusal(await wat(`(module ${text})`)), expected);
  }
  const bytes = await wat("(module)");
  assertEquals(refusal(meterModule(bytes).bytes), reserved("__rt_fuel"));
  // A call of what is added: the function after the last.
  const call = [...bytes, ...section(1, 1, 0x60, 0, 0), ...section(3, 1, 0)];
  const beyond = Uint8Array.of(...call, ...section(10, 1, 4, 0, 0x10, 1, 0x0b));
  assertEquals(refusal(beyond).slice(0, 28), "wasm_invalid: invalid wasm: ");
  assertEquals(refusal(Uint8Array.of(...call)).slice(0, 14), "wasm_invalid: ");
  const unknown = Uint8Array.of(...call, ...section(10, 1, 4, 0, 0x27, 1, 0x0b));
  assertEquals(refusal(unknown).slice(0, 14), "wasm_invalid: ");
});

function refusal(bytes: Uint8Array<ArrayBuffer>): string {
  const { code, message } = assertThrows(() => meterModule(bytes), LoadError);
  return `${code}: ${message}`;
}
