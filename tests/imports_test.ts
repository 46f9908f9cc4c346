import { assertEquals } from "@std/assert";
import { readdir, readFile } from "node:fs/promises";
import { checkRooms, listImports, type Rooms } from "./support/imports.ts";

/** What `plugin`, and whatever stands on it, may look at: all that is below. */
const BELOW_PLUGIN = ["errors", "runtime", "manifest", "host", "load", "call", "wasm", "wasi"];

/** Who may look at whom, from the bottom up. */
const ROOMS: Rooms = {
  errors: { imports: [] },
  runtime: {
    imports: ["errors"],
    names: ["process", "setTimeout", "Suspending", "WebAssembly.promising"],
  },
  schema: { imports: ["errors", "type zod"] },
  manifest: { imports: ["errors", "schema", "zod"] },
  host: { imports: ["errors", "schema", "type zod"] },
  wasm: { imports: ["errors"] },
  wasi: { imports: [] },
  load: { imports: ["errors", "runtime", "manifest", "wasm", "wasi/abi.ts", "wasi/table.ts"] },
  call: {
    imports: ["errors", "runtime", "type manifest", "host", "wasm", "wasi", "json-rpc-2.0"],
  },
  plugin: { imports: BELOW_PLUGIN },
  mod: { imports: [...BELOW_PLUGIN, "plugin"] },
  cli: {
    imports: [...BELOW_PLUGIN, "plugin", "mod", "commander", "node:"],
    names: ["process"],
  },
};

const ROOT = new URL("../", import.meta.url);

async function readSources(): Promise<Map<string, string>> {
  const lib = await readdir(new URL("lib/", ROOT), { recursive: true });
  const paths = ["mod.ts", ...lib.map((path) => `lib/${path.replaceAll("\\", "/")}`)]
    .filter((path) => path.endsWith(".ts")).sort();
  const read = async (path: string) => [path, await readFile(new URL(path, ROOT), "utf8")] as const;
  return new Map(await Promise.all(paths.map(read)));
}

Deno.test("imports: no room looks where it may not, and there is no cycle", async () => {
  assertEquals(checkRooms(await readSources(), ROOMS), []);
});

Deno.test("imports: mod.ts only re-exports", async () => {
  const code = (await readSources()).get("mod.ts")!
    .replace(/\/\*[^]*?\*\//g, "")
    .replace(/^export (?:type )?(?:\*|\{[^}]*\}) from "[^"]+";$/gm, "");
  assertEquals(code.trim(), "");
});

Deno.test("imports: the checker reads each kind of import and no comment or string", () => {
  const source = `
    // import a from "./comment.ts";
    /** @example import b from "./doc.ts"; */
    import c, { type D } from "./value.ts";
    import type { E } from "./types.ts";
    import "./effect.ts";
    export * from "./all.ts";
    export {
      f,
    } from "./several_lines.ts";
    const glob = "lib/*"; import * as g from "./after_glob.ts"; const end = "*/";
    const h = await import("./dynamic.ts");
    const text = \`
      import i from "./template.ts";
    \`;
    const quote = /["]/;
    export const from = "nowhere";
  `;
  assertEquals(listImports(source).map((i) => i.specifier + (i.type ? " (type)" : "")), [
    "./value.ts",
    "./types.ts (type)",
    "./effect.ts",
    "./all.ts",
    "./several_lines.ts",
    "./after_glob.ts",
    "./dynamic.ts",
  ]);
});

const FAKE: Rooms = {
  low: { imports: [] },
  high: { imports: ["low", "type side", "zod"] },
  side: { imports: ["low/a.ts", "node:"], names: ["Deno"] },
};

const CASES: { name: string; files: Record<string, string>; problems: string[] }[] = [
  {
    name: "all allowed",
    files: {
      "lib/low/a.ts": `// Deno, setTimeout\nconst text = "setTimeout";`,
      "lib/low/b.ts": `import "./a.ts";`,
      "lib/high.ts":
        `import "./low/b.ts"; import type { S } from "./side.ts"; import { z } from "zod";`,
      "lib/side.ts": `import "./low/a.ts"; import "node:fs"; Deno.exit();`,
    },
    problems: [],
  },
  {
    name: "wrong arrows",
    files: {
      "lib/low/a.ts": `import { high } from "../high.ts";\nimport "node:fs";`,
      "lib/low/b.ts": ``,
      "lib/high.ts": `import { S } from "./side.ts";`,
      "lib/side.ts": `import "./low/b.ts"; import type { Z } from "zod";`,
    },
    problems: [
      "lib/low/a.ts: must not import lib/high.ts",
      "lib/low/a.ts: must not import node:fs",
      "lib/high.ts: must not import lib/side.ts",
      "lib/side.ts: must not import lib/low/b.ts",
      "lib/side.ts: must not import types of zod",
    ],
  },
  {
    name: "a cycle inside a room",
    files: {
      "lib/low/a.ts": `import "./b.ts";`,
      "lib/low/b.ts": `import "./c.ts";`,
      "lib/low/c.ts": `import type { B } from "./b.ts";`,
    },
    problems: ["import cycle: lib/low/b.ts → lib/low/c.ts → lib/low/b.ts"],
  },
  {
    name: "names, rooms and files that are not there",
    files: {
      "lib/low/a.ts": `setTimeout(() => {}); globalThis.Deno; new WebAssembly.Suspending(f);`,
      "lib/attic.ts": ``,
      "lib/high.ts": `import "./low/gone.ts";`,
    },
    problems: [
      "lib/low/a.ts: must not name Deno",
      "lib/low/a.ts: must not name Suspending",
      "lib/low/a.ts: must not name setTimeout",
      'lib/attic.ts: no room "attic" in the table',
      "lib/high.ts: imports lib/low/gone.ts, not a file",
    ],
  },
];

Deno.test("imports: the checker finds what is wrong in a made-up graph", async (t) => {
  for (const { name, files, problems } of CASES) {
    await t.step(name, () => {
      assertEquals(checkRooms(new Map(Object.entries(files)), FAKE), problems);
    });
  }
});
