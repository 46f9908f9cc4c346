/**
 * Mutations of modules that are at hand: the fixtures, the test plugin, and what the test-suite consists of.
 *
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import { parseModule } from "../../lib/wasm/module.ts";
import { readScript } from "../spec/script.ts";
import { watFile } from "../support/wat.ts";
import type { Random } from "./random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const FIXTURES = new URL("../fixtures/", import.meta.url);
const SUITE = new URL("../../../shared/spec/", import.meta.url);
const CRASHES = new URL("../crashes/", import.meta.url);
const PLUGIN = new URL(
  "../../examples/plugins/test-plugin/build/test-plugin.wasm",
  import.meta.url,
);
/** Scripts of the suite that repeat one thing a hundred times. */
const DULL = /^(utf8|simd_(?!lane)|float|const|f64|int_literals|binary)/;

/** The modules to mutate: those of them that are there. */
export async function findSeeds(): Promise<Bytes[]> {
  const seeds: Bytes[] = [];
  for (const name of await list(FIXTURES, ".wat")) {
    // Some are only parts of modules.
    seeds.push(...await watFile(name).then((bytes) => [bytes], () => []));
  }
  for (const name of await list(CRASHES, ".wasm")) seeds.push(await read(new URL(name, CRASHES)));
  for (const name of await list(SUITE, ".wast")) {
    if (DULL.test(name)) continue;
    for (const command of readScript(await readFile(new URL(name, SUITE), "utf8"))) {
      if (command.kind !== "module" || "unparsed" in command.binary) continue;
      seeds.push(command.binary);
    }
  }
  // The plugin is built when it is first needed.
  const plugin = await read(PLUGIN).catch(() => undefined);
  return plugin === undefined ? seeds : [...seeds, plugin];
}

async function list(folder: URL, ending: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => name.endsWith(ending)).sort();
}

async function read(file: URL): Promise<Bytes> {
  return Uint8Array.from(await readFile(file));
}

/** Bytes that mean something in many places: types, opcodes with and without immediates, ends of long integers. */
const TELLING = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x19]
  .concat([0x1f, 0x20, 0x21, 0x40, 0x41, 0x60, 0x6b, 0x70, 0x7e, 0x7f, 0x80, 0xfb, 0xfc, 0xff]);

/** A copy of `bytes` in which a few bytes differ; most often it is not valid. */
export function mutate(bytes: Bytes, seeds: readonly Bytes[], random: Random): Bytes {
  const list = [...bytes];
  const [from, to] = random.chance(70) ? bodiesOf(bytes) : [0, bytes.length];
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = from + random.below(Math.max(1, Math.min(to, list.length) - from));
    switch (random.below(8)) {
      case 0:
        list[at] ^= 1 << random.below(8);
        break;
      case 1:
        list[at] = random.below(256);
        break;
      case 2:
      case 3:
        list[at] = random.pick(TELLING);
        break;
      case 4: // the same length somewhere else
        list.splice(at, 0, ...list.splice(from + random.below(to - from || 1), random.below(6)));
        break;
      case 5: // over what is there
        splice(
          list,
          at,
          list.slice(from + random.below(to - from || 1)).slice(0, random.below(20)),
        );
        break;
      case 6: // from another module
        splice(
          list,
          at,
          [...random.pick(seeds)].slice(random.below(200)).slice(0, random.below(20)),
        );
        break;
      default:
        list.length = random.chance(10) ? at : list.length;
        list.splice(at, random.below(3), ...random.bytes(random.below(3)));
    }
  }
  return Uint8Array.from(list);
}

function splice(list: number[], at: number, content: readonly number[]): void {
  list.splice(at, content.length, ...content);
}

/** Where the function bodies are, if the module can be read. */
function bodiesOf(bytes: Bytes): [from: number, to: number] {
  try {
    const { starts, ends } = parseModule(bytes).bodies;
    if (starts.length > 0) return [starts[0], ends[ends.length - 1]];
  } catch {
    // a seed need not be valid
  }
  return [0, bytes.length];
}
