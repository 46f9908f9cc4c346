import { readFile } from "node:fs/promises";
import process from "node:process";
import { loadPlugin, sleep } from "../../mod.ts";
import { wat } from "../support/wat.ts";
import type { Row } from "./bench.ts";

const WAIT_MS = 2000, WARM_UP_MS = 300;
/** By then engines have done what they do in the background for a module that was loaded, that which reads .wat for one. */
const SETTLED_MS = 1000;
const GUESTS = [1, 10];

/** What a guest burns that does nothing but ask its stdin, which does not block, for the answer of a host method. */
export async function* rows(): AsyncGenerator<Row> {
  const texts = ["guest", "nonblocking"].map((name) =>
    readFile(new URL(`../fixtures/${name}.wat`, import.meta.url), "utf8")
  );
  let waitMs = WARM_UP_MS;
  await using plugin = await loadPlugin({
    name: "idle",
    stdin: "nonblocking",
    allow: { methods: ["later"] },
  }, {
    wasm: await wat((await Promise.all(texts)).join("\n")),
    host: { later: () => sleep(waitMs) },
  });
  await plugin.call("run");
  await sleep(SETTLED_MS);
  waitMs = WAIT_MS;
  for (const count of GUESTS) {
    const before = process.cpuUsage();
    await Promise.all(Array.from({ length: count }, () => plugin.call("run")));
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 1000 / WAIT_MS / count * 100;
    yield { name: `of_${count}_cpu`, value: share, unit: "%", atMost: 2 };
  }
}
