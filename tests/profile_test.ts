import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadPlugin, PluginError } from "../mod.ts";
import { speedscope, topTen } from "../lib/cli/speedscope.ts";
import { ensureTestPlugin } from "../examples/build.ts";
import { cli, Folder } from "./support/cli.ts";
import { rejection } from "./support/plugin.ts";

const MANIFEST = new URL("../manifests/test-plugin.json", import.meta.url);
const PATH = fileURLToPath(MANIFEST);

Deno.test("profile: the report says what each function burnt, and in sum it is the fuel", async () => {
  await ensureTestPlugin();
  await using plain = await loadPlugin(MANIFEST, { onLog: () => {} });
  await using profiled = await loadPlugin(MANIFEST, { onLog: () => {}, profile: true });
  const { report: { profile: none, fuel } } = await plain.callWithReport("prime_sieve", 10_000);
  const { report } = await profiled.callWithReport("prime_sieve", 10_000);
  assertEquals(none, undefined);
  assertEquals(report.fuel, fuel);
  const profile = report.profile!;
  assertEquals(profile.reduce((sum, each) => sum + each.fuel, 0), fuel);
  assertEquals(profile, profile.toSorted((a, b) => b.fuel - a.fuel));
  assert(profile[0].fuel > fuel / 2 && profile.every((each) => each.fuel > 0));
  assert(profile.some(({ name }) => name === "_start"));
});

Deno.test("profile: a call that fails has one too", async () => {
  await using plugin = await loadPlugin(MANIFEST, { onLog: () => {}, profile: true });
  const error = await rejection(plugin.call("prime_sieve", 5_000_000, { fuel: 1_000_000 }));
  assertInstanceOf(error, PluginError);
  const burnt = error.report!.profile!.reduce((sum, { fuel }) => sum + fuel, 0);
  // Where it is stopped, segments are paid for in whole.
  assert(Math.abs(burnt - error.report!.fuel) < 1000, `${burnt} is not ${error.report!.fuel}`);
});

Deno.test("cli: call --profile writes what speedscope reads, and the top ten on stderr", async () => {
  await using folder = await Folder.make();
  const file = folder.path("profile.json");
  const argv = ["call", PATH, "prime_sieve", "1000", "--profile", file];
  const { code, stdout, stderr } = await cli(...argv);
  assertEquals([code, stdout], [0, '{"count":168,"limit":1000}\n']);
  const { shared: { frames }, profiles: [{ samples, weights, endValue }] } = JSON.parse(
    await readFile(file, "utf8"),
  );
  assertEquals([samples.length, weights.length], [frames.length, frames.length]);
  assertEquals(samples, frames.map((_: unknown, index: number) => [index]));
  assertEquals(weights.reduce((sum: number, weight: number) => sum + weight), endValue);
  const lines = stderr.split("\n").slice(-12);
  assertStringIncludes(lines[0], "function");
  assertEquals(lines.length, 12); // a head, ten rows, and nothing after the last
  assertStringIncludes(lines[1], String(weights[0]));
});

Deno.test("profile: names are shown as text", () => {
  const functions = [{ name: "\u001b[2J", fuel: 3 }, { name: "b", fuel: 1 }];
  assertEquals(
    topTen(functions).split("\n").map((line) => line.trim().split(/ {2,}/)),
    [["fuel", "share", "function"], ["3", "75.0 %", "\\u{1b}[2J"], ["1", "25.0 %", "b"], [""]],
  );
  assertEquals(JSON.parse(speedscope("p", functions)).shared.frames[0].name, "\u001b[2J");
});
