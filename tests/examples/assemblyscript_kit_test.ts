// The kit as an author gets it: installed as a package, and used as its README says.
import { assertEquals } from "@std/assert";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { assemblyScript } from "../../examples/toolchains/assemblyscript.ts";
import { loadPlugin } from "../../mod.ts";
import { Folder } from "../support/cli.ts";

const EXAMPLE = new URL("../../examples/plugins/assemblyscript/", import.meta.url);

Deno.test("AssemblyScript kit: the README's plugin builds on the package, and answers", async () => {
  const readme = await readFile(new URL("README.md", EXAMPLE), "utf8");
  const block = (language: string) => readme.split(`\`\`\`${language}\n`)[1].split("```")[0];
  await using folder = await Folder.make();
  await mkdir(folder.path("assembly"));
  await mkdir(folder.path("node_modules"));
  await symlink(
    fileURLToPath(new URL("kit", EXAMPLE)),
    folder.path("node_modules/wasm-plugin-kit"),
  );
  await folder.write("assembly/index.ts", block("text"));
  await folder.write("asconfig.json", block("json"));
  const wasm = await assemblyScript.compile(folder.path(""), "greeter");

  const log: string[] = [];
  await using plugin = await loadPlugin({ name: "greeter", allow: { methods: ["kv.get"] } }, {
    wasm: Uint8Array.from(wasm),
    host: { "kv.get": (params) => `Hello from ${(params as { key: string }).key}` },
    onLog: ({ line }) => void log.push(line),
  });
  assertEquals(await plugin.call("greet", "Ada"), "Hello from greeting, Ada");
  assertEquals(log, ["debug: greeting Ada"]);
});
