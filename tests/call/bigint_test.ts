// Integers beyond doubles, through a whole call.
import { assertEquals, assertMatch } from "@std/assert";
import { z } from "zod";
import { createHost, RpcError } from "../../mod.ts";
import { assertPluginError, makeLoggedPlugin, makePlugin, rejection } from "../support/plugin.ts";

const INTEGERS = [
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  1n - 2n ** 53n,
  -(2n ** 53n) - 1n,
  2n ** 63n,
  -(2n ** 63n),
  2n ** 64n - 1n,
  10n ** 100n,
];
/** As they come from a guest: the safe ones are numbers. */
const READ = INTEGERS.map((it) => Number.isSafeInteger(Number(it)) ? Number(it) : it);
const LIST = `[${INTEGERS.join()}]`;

/** Script: answers with that JSON. */
const answerJson = (json: string) =>
  `{'jsonrpc':'2.0','id':$,'result':${json}}|`.replaceAll('"', "'");

Deno.test("bigint: results", async () => {
  await using plugin = await makePlugin("script", {}, { bigint: true });
  assertEquals(await plugin.call("run", answerJson(LIST)), READ);
  const json = `{"18446744073709551615":{"n":18446744073709551615},"text":"18446744073709551615"}`;
  assertEquals(await plugin.call("run", answerJson(json)), {
    "18446744073709551615": { n: 2n ** 64n - 1n },
    text: "18446744073709551615",
  });
  assertEquals(await plugin.call("run", answerJson("[1.0,-0,1e400,1e20,0.5]")), [
    ...[1, -0, Infinity, 1e20, 0.5],
  ]);
});

Deno.test("bigint: without it, integers are rounded and a BigInt cannot be sent", async () => {
  for (const options of [{}, { bigint: false }]) {
    await using plugin = await makePlugin("script", {}, options);
    assertEquals(await plugin.call("run", answerJson(LIST)), INTEGERS.map(Number));
    const error = await rejection(plugin.call("run", [1n]));
    assertPluginError(error, { code: "protocol", report: { fuel: 0 } });
  }
});

Deno.test("bigint: params", async () => {
  const { plugin, log } = await makeLoggedPlugin("wire", {}, { bigint: true });
  await using _ = plugin;
  await plugin.call("run", { list: INTEGERS, text: "1n", nothing: undefined });
  assertEquals(log, [
    `{"jsonrpc":"2.0","id":1,"method":"run","params":{"list":${LIST},"text":"1n"}}`,
  ]);
  const cycle: unknown[] = [1n];
  cycle.push(cycle);
  assertPluginError(await rejection(plugin.call("run", cycle)), { code: "protocol" });
});

Deno.test("bigint: params and results of host methods, and the data of their errors", async () => {
  const seen: unknown[] = [];
  const host = createHost()
    .method("double", { params: z.bigint(), result: z.bigint() }, (n) => n * 2n)
    .method("see", (params) => {
      seen.push(params);
      throw new RpcError("no", { data: { at: 2n ** 64n } });
    });
  const manifest = { allow: { methods: ["double", "see"] } };
  const { plugin, log } = await makeLoggedPlugin("script", manifest, { host, bigint: true });
  await using _ = plugin;
  const ask = (method: string, json: string) =>
    `{'jsonrpc':'2.0','id':1,'method':'${method}','params':${json}}|?`;
  await plugin.call(
    "run",
    ask("double", "9223372036854775808") + ask("see", LIST) + answerJson("null"),
  );
  assertEquals(seen, [READ]);
  assertEquals(log, [
    '{"jsonrpc":"2.0","id":1,"result":18446744073709551616}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no","data":{"at":18446744073709551616}}}',
  ]);
});

Deno.test("bigint: the data of a guest's error, and a code that no double holds", async () => {
  await using plugin = await makePlugin("script", {}, { bigint: true });
  const script = (code: string) =>
    `{'jsonrpc':'2.0','id':$,'error':{'code':${code},'message':'no','data':${LIST}}}|`;
  for (const [code, rpcCode] of [["-7", -7], ["9007199254740993", 2 ** 53]] as const) {
    const error = await rejection(plugin.call("run", script(code)));
    assertPluginError(error, { code: "rpc", error: { rpcCode, data: READ } });
  }
});

Deno.test("bigint: an integer that is too long breaks the protocol", async () => {
  await using plugin = await makePlugin("script", {}, { bigint: true });
  const error = await rejection(plugin.call("run", answerJson("1" + "0".repeat(1024))));
  assertPluginError(error, { code: "protocol" });
  assertMatch(error.message, /the guest wrote a line with an integer of more than 1024 digits: "/);
});
