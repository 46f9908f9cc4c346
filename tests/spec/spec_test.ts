import { assert, assertEquals, assertGreaterOrEqual, assertNotEquals } from "@std/assert";
import { readdir, readFile } from "node:fs/promises";
import { Driver, type Step } from "./driver.ts";
import { type Command, readScript } from "./script.ts";
import { type Metering, runScript } from "./variant.ts";

const SUITE = new URL("../../../shared/spec/", import.meta.url);

const METERED: readonly NonNullable<Metering>[] = [
  { memory: "own", ration: 10 },
  { memory: "own", ration: 1_000 },
  { memory: "import", ration: 2 ** 31 - 1 },
];

/** So many commands of each kind must run at least, or the suite has shrunk or is being skipped. (Bun has no 64-bit memories.) */
const LEAST: readonly (readonly [kind: Command["kind"], least: number])[] = [
  ["module", 800],
  ["action", 110],
  ["assert_return", 5_200],
  ["assert_trap", 380],
  ["assert_exhaustion", 3],
  ["assert_uninstantiable", 30],
  ["assert_unlinkable", 7],
  ["assert_invalid", 680],
  ["assert_malformed", 460],
];

/** By kind: how many ended as the script says, and how many this engine, or a binary at all, is not for. */
const totals = new Map<string, { held: number; skipped: number }>(
  LEAST.map(([kind]) => [kind, { held: 0, skipped: 0 }]),
);

const files = (await readdir(SUITE)).filter((name) => name.endsWith(".wast")).sort();
let filesRun = 0;

for (const file of files) {
  Deno.test(`spec: ${file}`, async () => {
    filesRun++;
    const commands = readScript(await readFile(new URL(file, SUITE), "utf8"));
    const { drivers, steps } = await makeDrivers(commands);
    const raw = runScript(commands, drivers, steps, undefined);
    const metered = METERED.map((metering) => runScript(commands, drivers, steps, metering));
    commands.forEach(({ kind, line }, i) => {
      const where = `${file}:${line} ${kind}`;
      assertNotEquals(raw[i].holds, false, `${where}, unmetered: ${raw[i].got}`);
      const total = totals.get(kind);
      if (total !== undefined) total[raw[i].holds ? "held" : "skipped"]++;
      metered.forEach((outcomes, variant) => {
        const { memory, ration } = METERED[variant];
        const { got, holds, fuel } = outcomes[i];
        assertEquals(
          { got, holds },
          { got: raw[i].got, holds: raw[i].holds },
          `${where}, metered with ${memory} memory and rations of ${ration}`,
        );
        assertEquals(fuel, metered[0][i].fuel, `${where}: fuel depends on how it is given`);
      });
    });
  });
}

Deno.test("spec: most of the suite ran", () => {
  if (filesRun < files.length) return; // some were filtered out
  for (const [kind, least] of LEAST) {
    const { held, skipped } = totals.get(kind)!;
    console.log(`${kind}: ${held} hold, ${skipped} skipped`);
    assertGreaterOrEqual(held, least, kind);
  }
});

/** Makes the driver for each module that the engine accepts; which actions are on it is clear before any of them runs. */
async function makeDrivers(
  commands: readonly Command[],
): Promise<{ drivers: (Driver | undefined)[]; steps: number[] }> {
  const latest = new Map<string | undefined, number>();
  const stepsOf = commands.map((): Step[] => []);
  const steps = commands.map((command, i) => {
    if (command.kind === "module") {
      for (const name of [undefined, command.name]) latest.set(name, i);
    }
    if (!("action" in command)) return -1;
    const module = latest.get(command.action.module);
    assert(module !== undefined, `line ${command.line}: no module`);
    const results = command.kind === "assert_return" ? command.results : [];
    return stepsOf[module].push({ action: command.action, results }) - 1;
  });
  const drivers = await Promise.all(commands.map((command, i) => {
    if (command.kind !== "module" || "unparsed" in command.binary) return undefined;
    const { binary } = command;
    return WebAssembly.validate(binary) ? Driver.make(binary, stepsOf[i]) : undefined;
  }));
  return { drivers, steps };
}
