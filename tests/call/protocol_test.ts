// What the guest says: answers, and lines that are none.
import { assert, assertEquals } from "@std/assert";
import {
  answer,
  assertPluginError,
  makeLoggedPlugin,
  makePlugin,
  refuse,
  rejection,
  say,
  testFailures,
} from "../support/plugin.ts";

testFailures([
  { name: "guest answers twice", params: answer(1) + answer(1), code: "protocol" },
  {
    name: "guest answers twice in one write",
    params: answer(1).replace("|", "^") + answer(2),
    code: "protocol",
  },
  {
    name: "guest answers with a wrong id",
    params: answer(1, 999),
    code: "protocol",
    message: /999/,
  },
  { name: "guest answers with a string id", params: answer(1, "x"), code: "protocol" },
  { name: "guest answers with the id null", params: answer(1, null), code: "protocol" },
  {
    name: "guest answers with a wrong id after its answer",
    params: answer(1) + answer(1, 999),
    code: "protocol",
  },
  {
    name: "guest answers with no result",
    params: say({ jsonrpc: "2.0", id: "$" }),
    code: "protocol",
  },
  { name: "guest answers with no version", params: say({ id: "$", result: 1 }), code: "protocol" },
  { name: "guest answers with an error that is none", params: refuse(7), code: "protocol" },
  {
    name: "guest writes a line that is not JSON",
    params: "hello there|",
    code: "protocol",
    message: /hello there/,
  },
  {
    name: "guest writes a line that is not JSON after its answer",
    params: answer() + "bye|",
    code: "protocol",
    message: /bye/,
  },
  { name: "guest writes half of its JSON", params: "{'jsonrpc':|'2.0'}|", code: "protocol" },
  { name: "guest writes a number", params: "7|", code: "protocol" },
  { name: "guest writes null", params: "null|", code: "protocol" },
  { name: "guest writes an empty object", params: "{}|", code: "protocol" },
  { name: "guest writes an empty batch", params: "[]|", code: "protocol" },
  { name: "guest writes invalid UTF-8", params: "%%|", code: "protocol" },
  {
    name: "guest answers with an error",
    params: refuse({ code: -32601, message: "no such method: run" }),
    code: "rpc",
    message: /no such method: run/,
    error: { rpcCode: -32601, data: undefined },
    report: { exitCode: 0 },
  },
  {
    name: "guest answers with an error that carries data",
    params: refuse({ code: 5, message: "five", data: { why: ["a", null] } }),
    code: "rpc",
    message: /five/,
    error: { rpcCode: 5, data: { why: ["a", null] } },
  },
  {
    name: "guest answers with an error to the id null",
    params: refuse({ code: -32700, message: "Parse error" }, null),
    code: "rpc",
    message: /Parse error/,
    error: { rpcCode: -32700 },
  },
]);

Deno.test("a line that is not JSON is quoted up to 200 characters", async () => {
  await using plugin = await makePlugin("script");
  const error = await rejection(plugin.call("run", "y".repeat(300) + "|"));
  assertPluginError(error, { code: "protocol", message: new RegExp(`[^y]y{200}(?!y)`) });
});

const RESULTS: unknown[] = [
  null,
  true,
  0,
  -1.5,
  9007199254740991,
  "",
  "é 😀",
  [],
  [1, [2, [3]]],
  {},
  { a: { b: null }, constructor: 1 },
];

for (const result of RESULTS) {
  Deno.test(`guest answers ${JSON.stringify(result)}`, async () => {
    await using plugin = await makePlugin("script");
    assertEquals(await plugin.call("run", answer(result)), result);
  });
}

Deno.test("an answer may come in pieces", async () => {
  await using plugin = await makePlugin("script");
  const pieces = "{'jsonrpc'~:'2.0','id':~$~,'result':'a~b<1c'}~|";
  assertEquals(await plugin.call("run", pieces), "abc");
});

Deno.test("an answer of __proto__ is a plain member", async () => {
  await using plugin = await makePlugin("script");
  const result = await plugin.call(
    "run",
    "{'jsonrpc':'2.0','id':$,'result':{'__proto__':{'x':1}}}|",
  );
  assert(Object.hasOwn(result as object, "__proto__"));
  assertEquals(Reflect.get(result as object, "x"), undefined);
});

// What the guest reads for the params that the caller gave.
const PARAMS: [name: string, params: unknown, wire: unknown][] = [
  ["none", undefined, null],
  ["null", null, null],
  ["an array", [1, "two", null], [1, "two", null]],
  ["an object", { a: undefined, b: "é" }, { b: "é" }],
  ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["a line break", "a\nb", "a\nb"],
];

for (const [name, params, wire] of PARAMS) {
  Deno.test(`params: ${name}`, async () => {
    const { plugin, log } = await makeLoggedPlugin("wire");
    const { report } = await plugin.callWithReport("some method", params);
    assertEquals(log.map((line) => JSON.parse(line)), [
      { jsonrpc: "2.0", id: report.callId, method: "some method", params: wire },
    ]);
    await plugin.close();
  });
}

const cycle: unknown[] = [];
cycle.push(cycle);

const UNSENDABLE: [name: string, params: unknown][] = [
  ["a BigInt", 1n],
  ["a nested BigInt", { a: [1n] }],
  ["a cycle", cycle],
  ["a function", () => {}],
  ["a symbol", Symbol()],
  ["a throwing toJSON", {
    toJSON: () => {
      throw new Error("no");
    },
  }],
  ["a toJSON that throws what is no error", {
    toJSON: () => {
      throw { not: "an error" };
    },
  }],
];

for (const [name, params] of UNSENDABLE) {
  Deno.test(`params: ${name} cannot be sent, and the guest never starts`, async () => {
    await using plugin = await makePlugin("wire");
    const error = await rejection(plugin.call("run", params));
    assertPluginError(error, {
      code: "protocol",
      message: /^Cannot call "run" on plugin "test-plugin": .*params.*JSON/,
      report: { outcome: "protocol", fuel: 0, stdinBytes: 0, exitCode: null },
    });
    assertEquals(await plugin.call("ping"), "pong");
  });
}
