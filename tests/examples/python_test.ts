// The manifest that holds a plugin's sources.
import { assertEquals } from "@std/assert";
import { readFile } from "node:fs/promises";
import { pythonManifest } from "../../examples/toolchains/python.ts";
import { parseManifest } from "../../mod.ts";

Deno.test("python: the manifest holds the sources as they are now; `deno task build` writes it", async () => {
  const url = new URL("../../manifests/python.json", import.meta.url);
  const text = await readFile(url, "utf8");
  assertEquals(text, await pythonManifest());

  const { args } = parseManifest(JSON.parse(text));
  for (const [i, name] of ["kit.py", "plugin.py"].entries()) {
    const source = new URL(`../../examples/plugins/python/${name}`, import.meta.url);
    assertEquals(args.at(i - 2), await readFile(source, "utf8"));
  }
});
