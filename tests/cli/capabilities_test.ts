// Which capabilities a module's imports ask for, and what a manifest grants of them.
import { assertEquals } from "@std/assert";
import { type Demand, listDemands } from "../../lib/cli/capabilities.ts";
import { type Allow, parseManifest } from "../../lib/manifest.ts";
import { WASI_FUNCTIONS } from "../../lib/wasi/table.ts";
import { parseModule } from "../../lib/wasm/module.ts";
import { wat } from "../support/wat.ts";

const WASI = "wasi_snapshot_preview1";
const NAMES = WASI_FUNCTIONS.map(({ name }) => name);

const allowOf = (allow: Partial<Allow>) => parseManifest({ name: "p", allow }).allow;

/** What a module that imports such functions asks for. */
async function demandsOf(
  names: readonly string[],
  allow: Partial<Allow> = {},
  from: string = WASI,
): Promise<Demand[]> {
  const imports = names.map((name) => `(import "${from}" "${name}" (func))`).join("\n");
  return listDemands(parseModule(await wat(`(module ${imports})`)), allowOf(allow));
}

Deno.test("capabilities: the functions that ask for each, of all that there are", async () => {
  const demands = await demandsOf(NAMES);
  const files = ["fd_prestat_get", "fd_prestat_dir_name", "fd_readdir"];
  const asked: [name: string, functions: string[]][] = [
    ["clock", ["clock_res_get", "clock_time_get"]],
    ["random", ["random_get"]],
    ["env", ["environ_get", "environ_sizes_get"]],
    ["args", ["args_get", "args_sizes_get"]],
    ["files", [...files, ...NAMES.filter((name) => name.startsWith("path_"))]],
    ["network", ["sock_accept", "sock_recv", "sock_send", "sock_shutdown"]],
  ];
  assertEquals(demands.map(({ name, asked }) => [name, asked.toSorted()]), [
    ...asked.map(([name, functions]) => [name, functions.toSorted()]),
  ]);
});

Deno.test("capabilities: what is asked for is in the order of the imports", async () => {
  const names = ["clock_time_get", "random_get", "clock_res_get"];
  const [clock, random] = await demandsOf(names);
  assertEquals(clock.asked, ["clock_time_get", "clock_res_get"]);
  assertEquals(random.asked, ["random_get"]);
});

Deno.test("capabilities: only WASI's functions ask, and only by their whole name", async () => {
  const strangers = [
    await demandsOf(NAMES, {}, "env"),
    await demandsOf(NAMES, {}, "wasi_unstable"),
    await demandsOf(["my_clock_get", "xpath_open", "fd_read", "proc_exit", "poll_oneoff"]),
  ];
  for (const demands of strangers) {
    assertEquals(demands.length, 6);
    for (const { asked, refused } of demands) assertEquals({ asked, refused }, NONE);
  }
});

const NONE = { asked: [], refused: false };

const GRANTS: [allow: Partial<Allow>, name: string, granted: string, refused: boolean][] = [
  [{}, "clock", "no", true],
  [{ clock: false }, "clock", "no", true],
  [{ clock: true }, "clock", "yes", false],
  [{ clock: "coarse" }, "clock", "coarse", false],
  [{ clock: true }, "random", "no", true],
  [{ random: true }, "random", "yes", false],
  [{ random: true }, "clock", "no", true],
  // A guest is told that there are none, which is no refusal.
  [{}, "env", "none", false],
  [{ env: ["LANG", "HOME"] }, "env", "LANG, HOME", false],
  [{}, "args", "none", false],
  [{ args: ["-v"] }, "args", "-v", false],
  // Nothing can be granted, so a manifest is not to blame.
  [{ clock: true, random: true }, "files", "never", false],
  [{ clock: true, random: true }, "network", "never", false],
];

Deno.test("capabilities: what is granted, and what is refused", async (t) => {
  for (const [allow, name, granted, refused] of GRANTS) {
    await t.step(`${name} with ${JSON.stringify(allow)}`, async () => {
      const found = (await demandsOf(NAMES, allow)).find((each) => each.name === name)!;
      assertEquals({ ...found, asked: [] }, { name, asked: [], granted, refused });
      // Who does not ask is refused nothing.
      const unasked = (await demandsOf([], allow)).find((each) => each.name === name);
      assertEquals(unasked, { name, asked: [], granted, refused: false });
    });
  }
});
