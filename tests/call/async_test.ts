// Guests that run an executor of their own: several host calls in flight, timers between, one stdin that does not block.
import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { createHost, sleep } from "../../mod.ts";
import { makePlugin } from "../support/plugin.ts";

const MANIFEST = { stdin: "nonblocking", allow: { methods: ["later", "tick"] } };

/** A host that answers with each tick one of the calls of "later", in that order of their params. */
function inOrder(order: readonly number[]) {
  const waiting = new Map<unknown, () => void>();
  let ticks = 0;
  const host = createHost()
    .method("later", (n) => new Promise<void>((resolve) => void waiting.set(n, resolve)))
    .method("tick", () => waiting.get(order[ticks++])?.());
  return { host, ticks: () => ticks };
}

const ORDERS = [[1, 2, 3], [3, 2, 1], [2, 3, 1], [5, 1, 4, 2, 3], [9, 8, 7, 1, 2, 3, 6, 5, 4]];

for (const order of ORDERS) {
  Deno.test(`async: ${order.length} host calls in flight, answered as ${order}`, async () => {
    const { host, ticks } = inOrder(order);
    await using plugin = await makePlugin("executor", MANIFEST, { host });
    const { result, report } = await plugin.callWithReport("run", String(order.length));
    assertEquals(result, Number(order.join("")));
    assertGreaterOrEqual(ticks(), order.length);
    assertEquals(report.hostCalls, order.length + ticks());
  });
}

Deno.test("async: guests with executors do not hold each other up", async () => {
  const hosts = ORDERS.map(inOrder);
  const plugins = await Promise.all(
    hosts.map(({ host }) => makePlugin("executor", MANIFEST, { host })),
  );
  const results = plugins.map((plugin, i) => plugin.call("run", String(ORDERS[i].length)));
  assertEquals(await Promise.all(results), ORDERS.map((order) => Number(order.join(""))));
  await Promise.all(plugins.map((plugin) => plugin.close()));
});

Deno.test("async: a guest that waits gives each timer of the host its turn", async () => {
  let beats = 0;
  const host = createHost().method("later", async () => {
    while (beats < 20) await sleep(1), beats++;
  });
  await using plugin = await makePlugin("nonblocking", MANIFEST, { host });
  assertGreater(await plugin.call("run") as number, 0);
  assertEquals(beats, 20);
});
