import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseModule } from "../../lib/wasm/module.ts";
import { listFeatures } from "../../lib/cli/features.ts";
import { cli, Folder } from "../support/cli.ts";
import { guest } from "../support/plugin.ts";
import { wat } from "../support/wat.ts";

const WASM = { path: "script.wasm" };
const GRANTED = { clock: true, random: true, methods: ["kv.*", "echo"] };

Deno.test("cli inspect: a plugin", async () => {
  await using folder = await Folder.make();
  await folder.write("script.wasm", await guest("script"));
  const allow = { ...GRANTED, random: false, env: ["LANG"] };
  const plugin = { name: "script", version: "1.2", wasm: WASM, allow, limits: { memoryPages: 9 } };
  const { code, stdout, stderr } = await cli("inspect", await folder.write("p.json", plugin));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  for (
    const expected of [
      /^plugin\n {2}script, 1\.2\nloads\n {2}yes\nmodule\n/,
      /\n {2}wasi_snapshot_preview1 clock_time_get +i32,i64,i32->i32\n/,
      /\nexports\n {2}memory {2}memory\n {2}_start {2}func\n/,
      /\nmemory\n {2}4 pages or more {2}limit: 9 pages\n/,
      /\nfeatures used\n {2}bulk-memory\n/,
      /\n {2}clock +clock_time_get +granted: yes\n/,
      /\n {2}random +random_get +granted: no\n/,
      /\n {2}env +environ_get, environ_sizes_get +granted: LANG\n/,
      /\n {2}args +args_get, args_sizes_get +granted: none\n/,
      /\n {2}files +- +granted: never\n/,
      /\nhost methods granted\n {2}kv\.\*, echo\n$/,
    ]
  ) assertMatch(stdout, expected);
});

Deno.test("cli inspect: a module, even one that does not load", async () => {
  await using folder = await Folder.make();
  const text = `(module
    (import "env" "random_get" (func (param i32)))
    (import "env" "table" (table 1 funcref))
    (import "env" "\\u{202e}" (memory 1 2)))`;
  const module = await folder.write("m.wasm", await wat(text));
  const { code, stdout } = await cli("inspect", module);
  assertEquals(code, 0);
  for (
    const expected of [
      /^loads\n {2}no: .*\(import_denied\)\nmodule\n/,
      /\n {2}env random_get +i32->\n {2}env table +table\n {2}env \\u\{202e\} +memory of 1 to 2/,
      /\nmemory\n {2}1 to 2 pages\ncustom sections\n/,
      /\n {2}random {3}-\n/,
    ]
  ) assertMatch(stdout, expected);
});

Deno.test("cli inspect: a module with an instruction that is not known is shown to the end", async () => {
  await using folder = await Folder.make();
  const wasm = await wat(`(module (@custom "last" "") (memory (export "memory") 1)
    (func (export "_start") unreachable drop))`);
  wasm[wasm.lastIndexOf(0x1a)] = 0x27;
  const { code, stdout, stderr } = await cli("inspect", await folder.write("m.wasm", wasm));
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /\nfeatures used\n {2}not known: unsupported wasm: .*0x27/);
  assertMatch(stdout, /\ncustom sections\n {2}last +0 bytes\n/);
});

Deno.test("cli inspect: what cannot be read", async (t) => {
  await using folder = await Folder.make();
  const rows: [name: string, file: string, code: string][] = [
    ["no file", folder.path("no.wasm"), "wasm_unreachable"],
    ["not a module", await folder.write("text.wasm", "hello"), "wasm_invalid"],
    ["no manifest", folder.path("no.json"), "manifest_invalid"],
  ];
  for (const [name, file, expected] of rows) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await cli("inspect", file);
      assertEquals(code, 2);
      assertStringIncludes(stdout + stderr, `(${expected})`);
    });
  }
});

Deno.test("cli check: exit codes for CI", async (t) => {
  await using folder = await Folder.make();
  await folder.write("script.wasm", await guest("script"));
  const sha256 = "0".repeat(64);
  const rows: [name: string, manifest: object, code: number, stdout: string, stderr: string][] = [
    ["all is granted", { wasm: WASM, allow: GRANTED }, 0, "yes\n", ""],
    [
      "all is granted, the clock coarsely",
      { wasm: WASM, allow: { ...GRANTED, clock: "coarse" } },
      0,
      "yes\n",
      "",
    ],
    ["a clock is not", { wasm: WASM, allow: { random: true } }, 1, "no\n", "allow.clock"],
    ["the hash is wrong", { wasm: { ...WASM, sha256 } }, 1, "no\n", "(hash_mismatch)"],
    ["no module", { allow: GRANTED }, 1, "no\n", "(wasm_unreachable)"],
    ["not a manifest", { alow: GRANTED }, 2, "", "alow: unknown key"],
  ];
  for (const [name, manifest, code, stdout, stderr] of rows) {
    await t.step(name, async () => {
      const outcome = await cli("check", await folder.write("p.json", { name: "p", ...manifest }));
      assertEquals({ code: outcome.code, stdout: outcome.stdout }, { code, stdout });
      assertStringIncludes(outcome.stderr, stderr);
    });
  }
});

/** What a module holds, and the proposals that it comes from. */
const FEATURES: readonly [text: string, ...features: string[]][] = [
  ["(func (drop (i32.add (i32.const 1) (i32.const 2))))"],
  ["(func (result i32 i32) i32.const 1 i32.const 2)", "multivalue"],
  ["(func i32.const 1 (block (param i32) drop))", "multivalue"],
  ["(func (drop (i32.extend8_s (i32.const 1))))", "sign-ext"],
  ["(func (drop (i32.trunc_sat_f32_s (f32.const 1))))", "nontrapping-fptoint"],
  ["(func (drop (ref.null func)))", "reference-types"],
  ["(func (drop (v128.const i64x2 0 0)))", "simd128"],
  ["(func $f (return_call $f))", "tail-call"],
  ["(tag $t) (func (throw $t))", "exception-handling"],
  ["(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))", "bulk-memory"],
  ["(func (atomic.fence))", "atomics"],
  ["(memory i64 1)", "memory64"],
];

Deno.test("cli inspect: features are read off the code", async (t) => {
  for (const [text, ...features] of FEATURES) {
    await t.step(text, async () => {
      assertEquals(listFeatures(parseModule(await wat(`(module ${text})`))), features);
    });
  }
});

Deno.test("cli inspect: features of memories", () => {
  const listOf = (...memorySection: number[]) =>
    listFeatures(parseModule(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...memorySection)));
  assertEquals(listOf(5, 4, 1, 3, 1, 1), ["atomics"]);
  assertEquals(listOf(5, 5, 2, 0, 1, 0, 1), ["multimemory"]);
});
