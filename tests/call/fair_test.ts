// Guests that all want to run: each gets its share.
import { assertGreater, assertLess } from "@std/assert";
import type { Plugin, PluginError } from "../../mod.ts";
import { assertPluginError, makePlugin, rejection } from "../support/plugin.ts";

const SPINNERS = 5;
/** Long enough for a slice that something else on the machine cuts short not to matter. */
const TIMEOUT_MS = 2000;

/** Lets a guest loop until the deadline, and answers for how many ms it ran: fuel depends on when the engine optimised its loop. */
async function spin(plugin: Plugin, timeoutMs: number): Promise<number> {
  const error: unknown = await rejection(plugin.call("run", "@", { timeoutMs }));
  assertPluginError(error, { code: "deadline_exceeded" });
  return (error as PluginError).report!.guestMs;
}

const HOMES: [name: string, plugins: number][] = [["one plugin", 1], ["a plugin each", SPINNERS]];

for (const [name, count] of HOMES) {
  Deno.test(`fair: guests that spin, of ${name}, run as long within 20%`, async () => {
    const plugins = await Promise.all(Array.from({ length: count }, () => makePlugin("script")));
    // Until the engine has compiled the loop for good, the first guest has the slow code for itself.
    for (const plugin of plugins) await spin(plugin, 200);
    const ran = await Promise.all(
      Array.from({ length: SPINNERS }, (_, i) => spin(plugins[i % count], TIMEOUT_MS)),
    );
    const mean = ran.reduce((sum, ms) => sum + ms, 0) / SPINNERS;
    for (const ms of ran) {
      assertGreater(ms, 0.8 * mean);
      assertLess(ms, 1.2 * mean);
    }
    await Promise.all(plugins.map((plugin) => plugin.close()));
  });
}
