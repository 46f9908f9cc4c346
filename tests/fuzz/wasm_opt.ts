/**
 * Random modules by Binaryen's `wasm-opt --translate-to-fuzz`.
 *
 * @module
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import type { Random } from "./random.ts";

/** Features that no engine has by default. */
const NEVER = [
  "acquire-release-atomics",
  "compact-imports",
  "custom-descriptors",
  "custom-page-sizes",
  "fp16",
  "multibyte",
  "relaxed-atomics",
  "shared-everything",
  "stack-switching",
  "strings",
  "wide-arithmetic",
];
/** Features that are left out now and then, and how often, in percent. */
const SOMETIMES: readonly (readonly [feature: string, percent: number])[] = [
  ["bulk-memory", 5],
  ["memory64", 80],
  ["multimemory", 50],
  ["relaxed-simd", 50],
  ["simd", 30],
  ["tail-call", 20],
  ["threads", 70],
];
/** What may be done to a module once it is there. */
const PASSES = ["-O1", "-O3", "-Os", "--vacuum", "--inlining"];

/** What the surroundings of the script may define for it. */
interface Emscripten {
  readonly arguments: readonly string[];
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ) => void;
  readonly onAbort: (reason: unknown) => void;
  readonly postRun: readonly (() => void)[];
  /** The bytes of the program. */
  wasm?: () => Uint8Array<ArrayBuffer>;
}

/**
 * The script that npm's `binaryen` ships, in a function, so that it can run many times in this process: each process of its own
 * would take a second for it.
 */
function loadScript(): (module: Emscripten) => void {
  const require = createRequire(import.meta.url);
  const path = join(dirname(require.resolve("binaryen")), "bin", "wasm-opt");
  const source = readFileSync(path, "utf8").replace(/^#!.*/, "");
  const names = ["Module", "require", "process", "__filename", "__dirname"];
  const script = new Function(...names, `Module.wasm = findWasmBinary;${source}`);
  return (module) => script(module, require, process, path, dirname(path));
}

let script: ReturnType<typeof loadScript> | undefined;
let program: WebAssembly.Module | undefined;
let folder: string | undefined;

function wasmOpt(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const module: Emscripten = {
      arguments: args,
      print: () => {},
      printErr: () => {},
      instantiateWasm: (imports, done) => {
        program ??= new WebAssembly.Module(module.wasm!());
        done(new WebAssembly.Instance(program, imports));
      },
      onAbort: reject,
      postRun: [resolve],
    };
    script ??= loadScript();
    script(module);
  });
}

/** A module that Binaryen thinks valid, made of random bytes. */
export async function binaryenModule(random: Random): Promise<Uint8Array<ArrayBuffer>> {
  folder ??= mkdtempSync(join(tmpdir(), "fuzz-"));
  const input = join(folder, "input"), output = join(folder, "output.wasm");
  writeFileSync(input, random.bytes(500 + random.below(20_000)));
  const disabled = [
    ...NEVER,
    ...SOMETIMES.flatMap(([feature, percent]) => random.chance(percent) ? [feature] : []),
  ];
  await wasmOpt([
    ...["-ttf", input, "-o", output, "-q", "-all", "--emit-exnref"],
    ...disabled.map((feature) => `--disable-${feature}`),
    // Which NaN an operation answers is up to the engine's mood.
    "--denan",
    ...(random.chance(50) ? [random.pick(PASSES)] : []),
  ]);
  return Uint8Array.from(readFileSync(output));
}
