// Options that cannot be honoured are errors.
import { assertEquals, assertInstanceOf } from "@std/assert";
import type { PluginOptions } from "../mod.ts";
import { makePlugin, type Members, rejection } from "./support/plugin.ts";

const BAD_OPTIONS: [name: string, options: Members][] = [
  ["sliceMs of 0", { sliceMs: 0 }],
  ["sliceMs that is no number", { sliceMs: NaN }],
  ["an option that there is not", { onlog: () => {} }],
  ["a host that is no host", { host: 7 }],
  ["an onLog that is no function", { onLog: "stderr" }],
  ["bigint that is neither true nor false", { bigint: "yes" }],
];

for (const [name, options] of BAD_OPTIONS) {
  Deno.test(`options refused: ${name}`, async () => {
    const error = await rejection(makePlugin("script", {}, options as PluginOptions));
    assertInstanceOf(error, TypeError);
  });
}

const BAD_CALL_OPTIONS: [name: string, options: Members][] = [
  ["timeoutMs below zero", { timeoutMs: -1 }],
  ["timeoutMs that is no number", { timeoutMs: "10" }],
  ["fuel below zero", { fuel: -1 }],
  ["fuel that is no number", { fuel: NaN }],
  ["a signal that is none", { signal: {} }],
  ["an option that there is not", { timeout: 10 }],
];

for (const [name, options] of BAD_CALL_OPTIONS) {
  Deno.test(`call options refused: ${name}`, async () => {
    await using plugin = await makePlugin("script");
    const error = await rejection(plugin.call("ping", null, options));
    assertInstanceOf(error, TypeError);
    assertEquals(await plugin.call("ping"), "pong");
  });
}
