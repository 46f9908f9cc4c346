// Each guest of the table ends as its row says, does no harm, and leaves a plugin that works.
import { assert, assertEquals } from "@std/assert";
import { readdir } from "node:fs/promises";
import { loadPlugin, type Plugin, type PluginError, sleep } from "../../mod.ts";
import { hostileGuest, isWhole } from "../support/hostile.ts";
import { assertMembers, assertPluginError, makePlugin, rejection } from "../support/plugin.ts";
import { LIMITS, type Row, ROWS } from "./table.ts";

const METHODS = ["echo", "never", "throws", "rejects", "big", "large", "granted.*"];

interface Guest {
  readonly plugin: Plugin;
  readonly log: string[];
}

const host = {
  echo: (params: unknown) => params,
  never: () => new Promise(() => {}),
  throws: () => {
    throw new Error("a secret of the host's");
  },
  rejects: () => Promise.reject(new Error("a secret of the host's")),
  big: () => "y".repeat(60_000),
  large: () => "y".repeat(2 ** 21),
  secret: () => {
    throw new Error("nobody is granted this");
  },
};

async function load({ file, manifest = {} }: Row): Promise<Guest> {
  const { allow, limits, ...more } = manifest;
  const log: string[] = [];
  const wasm = await hostileGuest(file);
  const members = {
    ...more,
    allow: { methods: METHODS, args: ["early"], ...(allow as object) },
    limits: { ...LIMITS, ...(limits as object) },
  };
  const options = { wasm, host, onLog: ({ line }: { line: string }) => void log.push(line) };
  return { plugin: await loadPlugin({ name: "test-plugin", ...members }, options), log };
}

/** Makes the call of a row and checks how it ends. */
async function run(row: Row, { plugin, log }: Guest): Promise<void> {
  const { early, timeoutMs, ends, log: lines } = row;
  log.length = 0;
  const call = plugin.callWithReport("run", null, { args: early ? ["early"] : [], timeoutMs });
  if ("code" in ends) {
    const error = await rejection(call);
    assertPluginError(error, ends);
    assertEquals(error.report?.outcome, ends.code);
  } else {
    const { result, report } = await call;
    assertEquals(result, ends.result);
    assertMembers(report, { outcome: "ok", ...ends.report });
  }
  if (lines !== undefined) assertEquals(log, lines);
  assertEquals(Reflect.get({}, "polluted"), undefined);
}

function nameOf({ file, ends }: Row): string {
  return `hostile: ${file}: ${"code" in ends ? ends.code : "ok"}`;
}

for (const row of ROWS) {
  Deno.test(nameOf(row), async () => {
    // A module of its own is refused when it is loaded or instantiated, so another plugin has to show that all is well.
    if (await isWhole(row.file)) {
      const error = await rejection(load(row).then(({ plugin }) => plugin.call("run")));
      assertPluginError(error, row.ends as { code: PluginError["code"] });
      await using plugin = await makePlugin("script");
      return assertEquals(await plugin.call("ping"), "pong");
    }
    const guest = await load(row);
    // Twice, since the second guest may get what the first one leaves.
    for (let left = 2; left > 0; left--) {
      await run(row, guest);
      assertEquals(await guest.plugin.call("ping"), "pong");
    }
    assertEquals(guest.plugin.stats().running, 0);
    await guest.plugin.close();
  });
}

Deno.test("hostile: all at once, next to a plugin that works", async () => {
  const rows: Row[] = [];
  for (const row of ROWS) if (!await isWhole(row.file)) rows.push(row);
  const guests = await Promise.all(rows.map(load));
  await using good = await makePlugin("script");
  let pings = 0, isOver = false;
  const pinging = (async () => {
    while (!isOver) {
      assertEquals(await good.call("ping"), "pong");
      pings++;
      await sleep(1);
    }
  })();
  const ended = await Promise.allSettled(rows.map((row, i) => {
    const ends = row.hurries ? { ...row.ends, report: undefined } : row.ends;
    return run({ ...row, ends }, guests[i]);
  }));
  isOver = true;
  await pinging;
  const failed = ended.flatMap((end, i) =>
    end.status === "rejected" ? [`${nameOf(rows[i])}: ${end.reason}`] : []
  );
  assertEquals(failed, []);
  assert(pings > 1);
  await Promise.all(guests.map(({ plugin }) => plugin.close()));
});

Deno.test("hostile: each file has a row", async () => {
  const names = await readdir(new URL(".", import.meta.url));
  const files = names.filter((name) => name.endsWith(".wat") && name !== "prelude.wat");
  const used = new Set(ROWS.map(({ file }) => `${file}.wat`));
  assertEquals([...used].sort(), files.sort());
});
