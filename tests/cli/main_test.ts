import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readFile } from "node:fs/promises";
import { cli, Folder } from "../support/cli.ts";
import { wat } from "../support/wat.ts";

Deno.test("cli: usage", async (t) => {
  const rows: [argv: string[], code: number, stdout: RegExp, stderr: RegExp][] = [
    [[], 2, /^$/, /^Usage: plugin/],
    [["--help"], 0, /^Usage: plugin/, /^$/],
    [["call", "--help"], 0, /^Usage: plugin call/, /^$/],
    [["cal"], 2, /^$/, /unknown command 'cal'/],
    [["meter", "in.wasm"], 2, /^$/, /required option '-o/],
    [["meter", "in.wasm", "-o", "out.wasm", "--memory", "lent"], 2, /^$/, /import, own/],
  ];
  for (const [argv, code, stdout, stderr] of rows) {
    await t.step(argv.join(" ") || "nothing", async () => {
      const outcome = await cli(...argv);
      assertEquals(outcome.code, code);
      assertMatch(outcome.stdout, stdout);
      assertMatch(outcome.stderr, stderr);
    });
  }
});

Deno.test("cli schema", async () => {
  const { code, stdout } = await cli("schema");
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout).title, "Manifest of a WebAssembly plugin");
});

const LOOP = `(module
  (memory (export "memory") 1 9)
  (func (export "run") (loop (br_if 0 (i32.const 0)))))`;

Deno.test("cli meter: writes a module that runs by the ABI on stdout", async () => {
  await using folder = await Folder.make();
  const input = await folder.write("in.wasm", await wat(LOOP));
  const { code, stdout } = await cli(
    "meter",
    input,
    "-o",
    folder.path("out.wasm"),
    "--memory",
    "own",
  );
  assertEquals(code, 0);
  const abi = JSON.parse(stdout);
  const metered = new WebAssembly.Module(
    new Uint8Array(await readFile(folder.path("out.wasm"))),
  );
  const { exports } = new WebAssembly.Instance(metered);
  const fuel = exports[abi.fuel] as WebAssembly.Global;
  fuel.value = 1000;
  (exports.run as () => void)();
  assert(fuel.value < 1000);
});

Deno.test("cli meter: --max-pages bounds the memory that becomes an import", async () => {
  await using folder = await Folder.make();
  const input = await folder.write("in.wasm", await wat(LOOP));
  const { stdout } = await cli("meter", input, "-o", folder.path("out.wasm"), "--max-pages", "5");
  const { memory } = JSON.parse(stdout);
  assertEquals([memory.initial, memory.maximum], [1, 5]);
});

Deno.test("cli meter: what cannot be metered", async (t) => {
  await using folder = await Folder.make();
  const rows: [name: string, file: string, stderr: string][] = [
    ["no file", folder.path("no.wasm"), "no.wasm"],
    ["not a module", await folder.write("text.wasm", "hello"), "(wasm_invalid)"],
  ];
  for (const [name, file, expected] of rows) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await cli("meter", file, "-o", folder.path("out.wasm"));
      assertEquals({ code, stdout }, { code: 2, stdout: "" });
      assertStringIncludes(stderr, expected);
    });
  }
});
