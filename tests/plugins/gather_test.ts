// Several host calls of one guest in flight, beside a timer of its own: the crate's async side, on a nonblocking stdin.
import { assert, assertEquals } from "@std/assert";
import { buildAll } from "../../examples/build.ts";
import { loadPlugin, RpcError, sleep } from "../../mod.ts";
import { assertPluginError, rejection } from "../support/plugin.ts";

const NAME = "rust-upstream-async";
const MANIFEST = new URL(`../../manifests/${NAME}.json`, import.meta.url);
const TICK_MS = 5;

const { outcome, note } = (await buildAll({ stale: true })).find(({ name }) => name === NAME)!;

/** Registers a test, which is left out, and says why, where the plugin cannot be built. */
function test(name: string, fn: () => Promise<void>): void {
  if (outcome === "skipped") Deno.test.ignore(`${name} (${note})`, fn);
  else Deno.test(name, fn);
}

/** The plugin's `gather` of calls to an `echo` that takes its time, and how many of them were in flight at most. */
async function gather(waitsMs: readonly number[]) {
  let inFlight = 0, most = 0;
  await using plugin = await loadPlugin(MANIFEST, {
    host: {
      async echo(params) {
        most = Math.max(most, ++inFlight);
        const ms = params as number;
        await sleep(ms);
        inFlight--;
        if (ms === 0) throw new RpcError("no time", { code: 7 });
        return ms;
      },
    },
  });
  const calls = waitsMs.map((params) => ({ method: "echo", params }));
  const { result, report } = await plugin.callWithReport("gather", { calls, tickMs: TICK_MS });
  return { ...result as { results: unknown; ticks: number }, report, most };
}

test("gather: host calls in flight together, answered in any order", async () => {
  for (
    const waits of [[50, 100, 200], [200, 100, 50], [100, 200, 50, 150], Array(64).fill(100)]
  ) {
    const { results, report, most } = await gather(waits);
    assertEquals(results, waits);
    assertEquals([most, report.hostCalls, report.exitCode], [waits.length, waits.length, 0]);
  }
});

test("gather: a timer goes on while a host call is in flight", async () => {
  const { results, ticks } = await gather([500]);
  assertEquals(results, [500]);
  assert(ticks > 0, "no tick");
});

test("gather: nothing to call, and a call that fails", async () => {
  const { results, report } = await gather([]);
  assertEquals([results, report.hostCalls], [[], 0]);
  const error = await rejection(gather([50, 0, 100]));
  assertPluginError(error, { code: "rpc", message: /^no time$/ });
});
