// The JavaScript kit and its engine, as an author meets them: the README's plugin, and scripts that go wrong.
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { cp, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildAll } from "../../examples/build.ts";
import { javaScript } from "../../examples/toolchains/javascript.ts";
import { loadPlugin, type ManifestInput, type Plugin } from "../../mod.ts";
import { Folder } from "../support/cli.ts";
import { assertPluginError, rejection } from "../support/plugin.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/plugins/javascript/", import.meta.url));
const INTERNAL = -32603, SERVER = -32000;
const missing = await javaScript.missing();

/** What came out of a script: a module, and the log of its calls. */
class Build {
  readonly log: string[] = [];

  constructor(readonly wasm: Uint8Array<ArrayBuffer>) {}

  load(allow: ManifestInput["allow"] = {}): Promise<Plugin> {
    return loadPlugin({ name: "script", allow }, {
      wasm: this.wasm,
      host: { "kv.get": (params) => `Hello from ${(params as { key: string }).key}` },
      onLog: ({ line }) => void this.log.push(line),
    });
  }
}

/** Builds a plugin of the kit and this script; `more` are scripts besides. */
async function build(script: string, more: Readonly<Record<string, string>> = {}): Promise<Build> {
  await buildAll({ stale: true }); // leaves the engine, which takes 20 s to compile
  await using folder = await Folder.make();
  for (const name of ["kit.js", "engine", "build"]) {
    await cp(EXAMPLE + name, folder.path(name), { recursive: true });
  }
  for (const [name, text] of Object.entries({ ...more, "plugin.js": script })) {
    await folder.write(name, text);
  }
  return new Build(Uint8Array.from(await javaScript.compile(folder.path("/"), "script")));
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: `JavaScript: ${name}${missing ? ` (${missing})` : ""}`,
    ignore: missing !== undefined,
    fn,
  });
}

test("the README's plugin builds, and answers", async () => {
  const readme = await readFile(`${EXAMPLE}README.md`, "utf8");
  const built = await build(readme.split("```text\n")[1].split("```")[0]);
  await using plugin = await built.load({ methods: ["kv.get"] });
  assertEquals(await plugin.call("greet", { name: "Ada" }), { text: "Hello from greeting Ada" });
  assertEquals(built.log, ["info: greeted Ada"]);
  const error = { message: "name must be a string" };
  assertPluginError(await rejection(plugin.call("greet", {})), { code: "rpc", error });
});

test("what scripts leave is there in every call, and what a call changes is not", async () => {
  const script = `
    import { method, now } from "./kit.js";
    import { start } from "./more.js";
    let count = await Promise.resolve(start);
    method("count", async () => { await null; return ++count; });
    method("exact", () => JSON.rawJSON("18446744073709551615"));
    method("random", () => Math.random());
    method("date", () => Date.now());
    method("now", () => String(now()));`;
  const built = await build(script, { "more.js": "export const start = 40;" });
  await using plugin = await built.load({ clock: true, random: true });
  assertEquals([await plugin.call("count"), await plugin.call("count")], [41, 41]);
  assertEquals(await plugin.call("exact"), 2 ** 64);
  const numbers = [await plugin.call("random"), await plugin.call("random")] as number[];
  assertEquals(new Set(numbers).size, 2);
  assertEquals(numbers.filter((number) => number >= 0 && number < 1).length, 2);

  await using confined = await built.load();
  assertEquals(await confined.call("date"), 0);
  for (const [method, wasi] of [["random", "random_get"], ["now", "clock_time_get"]]) {
    const error = { rpcCode: SERVER, message: `${wasi} failed with errno 76` };
    assertPluginError(await rejection(confined.call(method)), { code: "rpc", error });
  }
  assertEquals(built.log, []);
});

test("what a method does not mean to throw is an internal error and a log line", async () => {
  const rows = {
    bug: ["undefined.x", "TypeError: cannot read property 'x' of undefined"],
    text: ["throw 'text'", "text"],
    recursion: [
      "(function f() { return f() + 1; })()",
      "RangeError: Maximum call stack size exceeded",
    ],
    memory: ["for (const a = [];;) a.push(new Uint8Array(1e6))", "InternalError: out of memory"],
    big: ["return 1n", "TypeError: BigInt are forbidden in JSON.stringify"],
  };
  const methods = Object.entries(rows).map(([name, [body]]) =>
    `method("${name}", () => { ${body} }); method("async ${name}", async () => { ${body} });`
  );
  const built = await build(`import { method } from "./kit.js"; ${methods.join("\n")}`);
  await using plugin = await built.load();
  for (const [name, [, message]] of Object.entries(rows)) {
    for (const method of [name, `async ${name}`]) {
      built.log.length = 0;
      const error = await rejection(plugin.call(method));
      assertPluginError(error, { code: "rpc", error: { rpcCode: INTERNAL, message } });
      assertEquals(built.log[0], `error: ${message}`);
    }
  }
});

test("a script that goes wrong when it is evaluated does not build", async () => {
  const rows = [
    ["let x = ;", "SyntaxError: unexpected token in expression: ';'\n    at plugin.js:1:9"],
    ["\nfunction f() { throw new Error('no'); }\nf();", "Error: no\n    at f (plugin.js:2"],
    ["import './nope.js';", 'ReferenceError: there is no script "nope.js"'],
    ["import { now } from './kit.js'; now();", "clock_time_get failed with errno 76"],
    ["import { host } from './kit.js'; host('kv.get');", "RpcError"],
    ["import './kit.js'; await new Promise(() => {});", "a script awaits what never happens"],
    ["export const nothing = 1;", "no script has called engine.serve"],
  ];
  for (const [script, message] of rows) {
    const error = await assertRejects(() => build(script), Error);
    assertStringIncludes(error.message, message);
  }
});
