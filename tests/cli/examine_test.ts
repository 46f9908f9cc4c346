// What can be said of a plugin, or of a module on its own, without calling it.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { pathToFileURL } from "node:url";
import { examine } from "../../lib/cli/examine.ts";
import { ManifestError } from "../../lib/errors.ts";
import { Folder } from "../support/cli.ts";
import { guest } from "../support/plugin.ts";
import { wat } from "../support/wat.ts";

const WASM = { path: "script.wasm" };

/** A folder with a guest in it. */
async function folderWithGuest(): Promise<Folder> {
  const folder = await Folder.make();
  await folder.write("script.wasm", await guest("script"));
  return folder;
}

Deno.test("examine: a plugin that loads, by path and by URL", async () => {
  await using folder = await folderWithGuest();
  const allow = { clock: true };
  const path = await folder.write("p.json", { name: "p", wasm: WASM, allow });
  for (const file of [path, pathToFileURL(path).href]) {
    const { manifest, module, demands, refusal } = await examine(file);
    assertEquals([manifest?.name, refusal], ["p", undefined]);
    assert(module!.exports.some(({ name }) => name === "_start"));
    const [clock, random] = demands;
    assertEquals([clock.granted, clock.refused], ["yes", false]);
    assertEquals([random.granted, random.refused], ["no", true]);
  }
});

Deno.test("examine: a module on its own has no manifest, and is granted nothing", async () => {
  await using folder = await folderWithGuest();
  const { manifest, module, demands, refusal } = await examine(folder.path("script.wasm"));
  assertEquals([manifest, refusal], [undefined, undefined]);
  assert(module!.bytes.length > 0);
  const granted = ["no", "no", "none", "none", "never", "never"];
  assertEquals(demands.map(({ granted }) => granted), granted);
});

Deno.test("examine: the module that loads is the one that is looked at, whatever its name", async () => {
  await using folder = await folderWithGuest();
  for (const name of ["a#b.wasm", "a?b.wasm", "a%41.wasm", "a b.wasm"]) {
    const alone = await folder.write(name, await guest("script"));
    const path = await folder.write("p.json", { name: "p", wasm: { path: name } });
    for (const file of [path, alone]) {
      const { module, demands, refusal } = await examine(file);
      assertEquals([module !== undefined, demands.length, refusal], [true, 6, undefined], name);
    }
  }
});

/** What a manifest says of its module, why it does not load, and whether there is one to see. */
const REFUSED: [name: string, wasm: object | undefined, code: string, isShown: boolean][] = [
  ["no module", undefined, "wasm_unreachable", false],
  ["a module that is not there", { path: "none.wasm" }, "wasm_unreachable", false],
  ["a file that is no module", { path: "text.wasm" }, "wasm_invalid", false],
  ["a module that is cut off", { path: "cut.wasm" }, "wasm_invalid", false],
  ["a module with another hash", { ...WASM, sha256: "0".repeat(64) }, "hash_mismatch", true],
  ["a module without a start", { path: "empty.wasm" }, "export_missing", true],
  ["a module that asks for too much", { path: "asks.wasm" }, "import_denied", true],
  ["a module that is not valid", { path: "invalid.wasm" }, "wasm_invalid", true],
];

Deno.test("examine: what does not load, and what there is to see of it", async (t) => {
  await using folder = await folderWithGuest();
  const memory = `(memory (export "memory") 1)`;
  const start = `(func (export "_start"))`;
  const valid = await wat(`(module ${memory} ${start})`);
  await folder.write("text.wasm", "hello");
  await folder.write("cut.wasm", (await guest("script")).subarray(0, -1));
  await folder.write("empty.wasm", await wat("(module)"));
  await folder.write(
    "asks.wasm",
    await wat(`(module (import "env" "f" (func)) ${memory} ${start})`),
  );
  // The body of `_start` becomes i32.const: it leaves a value that nobody takes.
  const body = [10, 4, 1, 2, 0, 0x0b];
  const at = valid.findIndex((_, i) => body.every((byte, j) => valid[i + j] === byte));
  assert(at > 0);
  const wrong = [10, 6, 1, 4, 0, 0x41, 0, 0x0b];
  const invalid = [...valid.subarray(0, at), ...wrong, ...valid.subarray(at + body.length)];
  await folder.write("invalid.wasm", Uint8Array.from(invalid));
  for (const [name, wasm, code, isShown] of REFUSED) {
    await t.step(name, async () => {
      const path = await folder.write("p.json", { name: "p", wasm });
      const { manifest, module, demands, refusal } = await examine(path);
      assertEquals([manifest?.name, refusal?.code], ["p", code]);
      assertEquals([module !== undefined, demands.length], [isShown, isShown ? 6 : 0]);
    });
  }
});

Deno.test("examine: what is no manifest is thrown", async (t) => {
  await using folder = await folderWithGuest();
  const rows: [name: string, file: string][] = [
    ["no file", folder.path("none.json")],
    ["not JSON", await folder.write("text.json", "{")],
    ["an unknown key", await folder.write("key.json", { name: "p", wasm: WASM, alow: {} })],
    ["a module by another name", await folder.write("module.json", await guest("script"))],
  ];
  for (const [name, file] of rows) {
    await t.step(name, async () => {
      const error = await assertRejects(() => examine(file), ManifestError);
      assertEquals(error.code, "manifest_invalid");
    });
  }
});
