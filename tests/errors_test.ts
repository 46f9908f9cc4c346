import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  CapabilityError,
  ExitError,
  LimitError,
  LoadError,
  ManifestError,
  PluginError,
  ProtocolError,
  RpcError,
  TrapError,
} from "../lib/errors.ts";
import { callMessage, loadMessage, printable, quote, reasonOf } from "../lib/errors.ts";

const CAUSE = new Error("cause");
const ISSUES = [{ path: "limits.fuel", message: "expected a positive integer" }];

const CASES: { error: PluginError; name: string; code: string; fields?: object }[] = [
  { error: new PluginError("closed", "m"), name: "PluginError", code: "closed" },
  {
    error: new ManifestError("m", ISSUES),
    name: "ManifestError",
    code: "manifest_invalid",
    fields: { issues: ISSUES },
  },
  { error: new LoadError("hash_mismatch", "m"), name: "LoadError", code: "hash_mismatch" },
  { error: new CapabilityError("m"), name: "CapabilityError", code: "capability_denied" },
  {
    error: new TrapError("m", { cause: CAUSE }),
    name: "TrapError",
    code: "trap",
    fields: { cause: CAUSE },
  },
  { error: new ExitError("m", 3), name: "ExitError", code: "exit", fields: { exitCode: 3 } },
  {
    error: new LimitError("out_of_fuel", "m", { limit: 10, value: 11 }),
    name: "LimitError",
    code: "out_of_fuel",
    fields: { limit: 10, value: 11 },
  },
  { error: new ProtocolError("m"), name: "ProtocolError", code: "protocol" },
  {
    error: new RpcError("m"),
    name: "RpcError",
    code: "rpc",
    fields: { rpcCode: -32000, data: undefined },
  },
  {
    error: new RpcError("m", { code: 404, data: [1] }),
    name: "RpcError",
    code: "rpc",
    fields: { rpcCode: 404, data: [1] },
  },
];

Deno.test("errors: class, name, code and figures", async (t) => {
  for (const { error, name, code, fields = {} } of CASES) {
    await t.step(`${name} ${code}`, () => {
      assertInstanceOf(error, PluginError);
      assertInstanceOf(error, Error);
      assertEquals([error.name, error.constructor.name, error.code], [name, name, code]);
      assertEquals(String(error), `${name}: m`);
      assert(!Object.hasOwn(error, "name") && !Object.hasOwn(error, "report"));
      for (const [key, value] of Object.entries(fields)) {
        assertEquals(Reflect.get(error, key), value);
      }
    });
  }
});

Deno.test("errors: the cause is kept", () => {
  assertStrictEquals(new LoadError("wasm_invalid", "m", { cause: CAUSE }).cause, CAUSE);
});

const ESC = "\u001b";

const QUOTES: { name: string; text: string; quoted: string }[] = [
  { name: "plain", text: "sleep", quoted: '"sleep"' },
  { name: "empty", text: "", quoted: '""' },
  { name: "quotes and backslashes", text: 'a"b\\', quoted: '"a\\"b\\\\"' },
  { name: "lines", text: "a\r\nb\tc", quoted: '"a\\r\\nb\\tc"' },
  { name: "terminal escapes", text: `${ESC}[31m\u009b`, quoted: '"\\u001b[31m\\u{9b}"' },
  { name: "NUL and DEL", text: "\0\x7f", quoted: '"\\u0000\\u{7f}"' },
  { name: "direction and width", text: "\u202ea\u200b", quoted: '"\\u{202e}a\\u{200b}"' },
  { name: "line separators", text: "\u2028\u2029", quoted: '"\\u{2028}\\u{2029}"' },
  { name: "half a pair", text: "\ud800", quoted: '"\\ud800"' },
  { name: "other scripts", text: "héllo 世界 🎈", quoted: '"héllo 世界 🎈"' },
  { name: "200 characters", text: "x".repeat(200), quoted: `"${"x".repeat(200)}"` },
  { name: "201 characters", text: "x".repeat(201), quoted: `"${"x".repeat(200)}"…` },
  { name: "a pair at the cut", text: "x".repeat(199) + "🎈", quoted: `"${"x".repeat(199)}"…` },
];

Deno.test("errors: quote escapes and bounds", async (t) => {
  for (const { name, text, quoted } of QUOTES) {
    await t.step(name, () => assertEquals(quote(text), quoted));
  }
});

Deno.test("errors: messages follow the grammar", () => {
  assertEquals(
    callMessage("sleep", "test-plugin", "out of fuel after 50000000 units (limit 50000000)"),
    'Cannot call "sleep" on plugin "test-plugin": out of fuel after 50000000 units (limit 50000000)',
  );
  assertEquals(
    callMessage("a\nb", "p".repeat(300), "closed"),
    `Cannot call "a\\nb" on plugin "${"p".repeat(200)}"…: closed`,
  );
  assertEquals(loadMessage("p", "not a wasm file"), 'Cannot load plugin "p": not a wasm file');
});

Deno.test("errors: the reason of an engine is printable, and not long", () => {
  assertEquals(
    reasonOf(new TypeError("no \u001b[2J\n\u202e here")),
    "no \\u{1b}[2J\\u{a}\\u{202e} here",
  );
  assertEquals(reasonOf("a text"), "a text");
  assertEquals(reasonOf(new Error("x".repeat(400))), "x".repeat(400));
  assertEquals(reasonOf(new Error("x".repeat(401))), "x".repeat(400));
  assertEquals(reasonOf(new Error("x".repeat(399) + "\u{1f600}")), "x".repeat(399));
});

Deno.test("errors: printable text is left as it is", () => {
  assertEquals(printable('a "b" \\ \u{1f600} \u00e4'), 'a "b" \\ \u{1f600} \u00e4');
});
