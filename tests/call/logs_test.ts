// stderr as log lines.
import { assertEquals, assertGreaterOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import type { LogEntry } from "../../mod.ts";
import {
  answer,
  assertMembers,
  assertPluginError,
  makeLoggedPlugin,
  makePlugin,
  rejection,
} from "../support/plugin.ts";

const LINES: [name: string, script: string, lines: string[]][] = [
  ["one line", "hello^;", ["hello"]],
  ["two lines in one write", "a^b^;", ["a", "b"]],
  ["a line in three writes", "he;ll;o^;", ["hello"]],
  ["empty lines", "^^a^;", ["", "", "a"]],
  ["a last line without a newline", "a^b;", ["a", "b"]],
  ["UTF-8", "é😀^;", ["é😀"]],
  ["invalid UTF-8", "a%b^;", ["a\ufffdb"]],
  ["nothing", "", []],
];

for (const [name, script, lines] of LINES) {
  Deno.test(`log: ${name}`, async () => {
    const { plugin, log } = await makeLoggedPlugin("script");
    await plugin.call("run", script + answer());
    assertEquals(log, lines);
    await plugin.close();
  });
}

Deno.test("log: what a guest wrote before it trapped", async () => {
  const { plugin, log } = await makeLoggedPlugin("script");
  assertPluginError(await rejection(plugin.call("run", "last^words;!")), { code: "trap" });
  assertEquals(log, ["last", "words"]);
  await plugin.close();
});

Deno.test("log: an entry says whose it is", async () => {
  const entries: LogEntry[] = [];
  await using plugin = await makePlugin("script", {}, {
    id: "plugin-1",
    onLog: (entry) => void entries.push(entry),
  });
  const { report } = await plugin.callWithReport("run", "hello^;" + answer());
  assertEquals(entries, [
    { plugin: { id: "plugin-1", name: "test-plugin" }, callId: report.callId, line: "hello" },
  ]);
});

Deno.test("log: an onLog that throws does not harm the call", async () => {
  await using plugin = await makePlugin("script", {}, {
    onLog: () => {
      throw new Error("no");
    },
  });
  assertEquals(await plugin.call("run", "hello^;" + answer(1)), 1);
});

Deno.test("log: without onLog lines go to console.error, prefixed", async () => {
  const lines: string[] = [];
  const { error } = console;
  console.error = (...parts: unknown[]) => void lines.push(parts.join(" "));
  try {
    await using plugin = await makePlugin("script", {}, { onLog: undefined });
    await plugin.call("run", "hello^;" + answer());
  } finally {
    console.error = error;
  }
  assertEquals(lines.length, 1);
  assertStringIncludes(lines[0], "test-plugin");
  assertStringIncludes(lines[0], "hello");
});

Deno.test("log: logBytes is enough, to the byte", async () => {
  const { plugin, log } = await makeLoggedPlugin("script", { limits: { logBytes: 100 } });
  await plugin.call("run", "y".repeat(99) + "^;" + answer());
  assertEquals(log, ["y".repeat(99)]);
  await plugin.close();
});

Deno.test("log: beyond logBytes the rest is dropped, one line says so, the guest goes on", async () => {
  const { plugin, log } = await makeLoggedPlugin("script", { limits: { logBytes: 100 } });
  const script = ("y".repeat(49) + "^;").repeat(2) + "dropped^;dropped too^;" + answer("done");
  const { result, report } = await plugin.callWithReport("run", script);
  assertEquals(result, "done");
  assertMembers(report, { outcome: "ok", exitCode: 0, stderrBytes: 120 });
  assertEquals(log.slice(0, 2), ["y".repeat(49), "y".repeat(49)]);
  assertEquals(log.length, 3);
  assertMatch(log[2], /\b100\b/);
  await plugin.call("run", "again^;" + answer());
  assertEquals(log.slice(3), ["again"]);
  await plugin.close();
});

Deno.test("log: a guest that writes many lines makes way for them to be handed out", async () => {
  const { plugin, log } = await makeLoggedPlugin("script");
  const script = ("^".repeat(100) + ";").repeat(300) + answer();
  const { report } = await plugin.callWithReport("run", script);
  assertEquals(log.length, 30_000);
  assertGreaterOrEqual(report.yields, 5);
  await plugin.close();
});
