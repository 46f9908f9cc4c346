/**
 * Does to a module whatever can be done to it from outside, unmetered and metered, and says where the two differ.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { LoadError } from "../../lib/errors.ts";
import { meterModule } from "../../lib/wasm/meter.ts";
import { type Module, parseModule } from "../../lib/wasm/module.ts";
import { meterNaively, ORACLE_FUEL } from "../support/oracle.ts";
import { attachTank, type Tank } from "../support/refuel.ts";
import { expose, EXPOSED } from "./expose.ts";
import { type Callable, Host, signature } from "./host.ts";
import { Random } from "./random.ts";
import { show, showError, valueOf } from "./values.ts";

/** What came out of a comparison. `failed` is a bug; of the others only `agreed` has shown anything about a run. */
export interface Verdict {
  readonly status:
    | "agreed"
    | "failed"
    /** The engine does not validate it, and neither does `meterModule`. */
    | "invalid"
    /** It asks for more than a fuzzer should give, or the engine cannot make an instance. */
    | "skipped"
    /** Its first call took more fuel or stack than there is. */
    | "stopped";
  /** What is wrong. The part before the colon is the same for the same kind of bug. */
  readonly problem?: string;
}

/** Units for all calls of one run, and the rations by which the two metered runs get them. */
const LIMIT = 300_000n, RATIONS = [100_000, 10] as const;
/** Larger ones are not run. */
const MOST_PAGES = 1_000, MOST_ELEMENTS = 1_000_000;
/** In larger modules, in bytes, the oracle could be at a loss: it follows each path by itself. */
const LARGE = 16_384;
/** How many bytes of a memory and elements of a table are looked at. */
const SEEN_BYTES = 2 ** 24, SEEN_ELEMENTS = 1_000;

/** Compares raw and metered, in whatever the module lets itself be asked for. */
export function compareModule(bytes: Uint8Array<ArrayBuffer>): Verdict {
  const valid = WebAssembly.validate(bytes);
  for (const memory of ["import", "own"] as const) {
    try {
      meterModule(bytes, { memory });
      if (!valid) return failed("an invalid module is taken");
    } catch (error) {
      if (!(error instanceof LoadError)) return failed("not a LoadError", showError(error));
      if (valid && memory === "own") return failed("a valid module is refused", error.message);
    }
  }
  return valid ? compareRuns(expose(bytes)) : { status: "invalid" };
}

function failed(kind: string, what = ""): Verdict {
  return { status: "failed", problem: `${kind}: ${what}` };
}

interface Instance {
  readonly exports: WebAssembly.Exports;
  readonly tank?: Tank;
}

/** Makes an instance, and runs its start function. A metered one is handed over before that, to be looked at if that fails. */
type Maker = (imports: WebAssembly.Imports, made: (instance: Instance) => void) => Instance;

/** What a run has shown. */
interface Run {
  readonly host: Host;
  /** By call, of which the first is the instantiation: units burnt, if that is known. */
  readonly fuel: readonly (bigint | undefined)[];
  /** Whether it was ended for lack of fuel, in the last of the calls. */
  readonly empty: boolean;
  readonly exports: WebAssembly.Exports;
}

function compareRuns(bytes: Uint8Array<ArrayBuffer>): Verdict {
  const module = parseModule(bytes);
  if (isLarge(module) || !canImport(module)) return { status: "skipped" };
  const compiled = new WebAssembly.Module(bytes);
  const metered: Maker[] = [];
  for (const [i, memory] of (["import", "own"] as const).entries()) {
    const { bytes: rewritten, abi } = meter(bytes, memory);
    let module: WebAssembly.Module;
    try {
      module = new WebAssembly.Module(rewritten);
    } catch (error) {
      return failed("the metered module is invalid", showError(error));
    }
    const what = compareInterfaces(compiled, module, abi.memory !== undefined);
    if (what !== undefined) return failed("the interface differs", what);
    metered.push((imports, made) => {
      const { memory } = abi;
      if (memory !== undefined) {
        imports = {
          ...imports,
          [memory.module]: { [memory.name]: new WebAssembly.Memory(memory) },
        };
      }
      const { exports } = new WebAssembly.Instance(module, imports);
      const instance = { exports, tank: attachTank(exports, abi, RATIONS[i], LIMIT) };
      made(instance);
      if (abi.start !== undefined) (exports[abi.start] as Callable)();
      return instance;
    });
  }

  // Only calls that end when metered are made unmetered, where nothing could stop them.
  const probe = execute(module, metered[0], Infinity);
  const calls = probe.fuel.length - (probe.empty ? 1 : 0);
  if (calls === 0 || probe.host.overflowed) return { status: "stopped" };
  const raw = execute(module, (imports) => new WebAssembly.Instance(compiled, imports), calls);
  const makers = bytes.length > LARGE ? metered : [...metered, naively(bytes)];
  const runs = makers.map((make) => execute(module, make, calls));
  if ([raw, ...runs].some(({ host, empty }) => host.overflowed || empty)) {
    return { status: "stopped" };
  }
  if (/RangeError/.test(raw.host.log[0])) return { status: "skipped" }; // too little memory
  for (const run of runs) {
    const what = compareLogs(raw.host.log, run.host.log) ?? compareState(raw.exports, run.exports);
    if (what !== undefined) return failed("the runs differ", what);
  }
  const [first, ...others] = runs;
  for (const { fuel } of others) {
    const call = fuel.findIndex((units, i) => units !== first.fuel[i]);
    if (call >= 0) {
      return failed("the fuel differs", `call ${call}: ${first.fuel[call]} or ${fuel[call]}`);
    }
  }
  return { status: "agreed" };
}

function isLarge({ memories, tables, imports }: Module): boolean {
  return memories.some(({ minimum }) => minimum > MOST_PAGES) ||
    tables.some(({ minimum }) => minimum > MOST_ELEMENTS) ||
    imports.some(({ memory, table }) =>
      (memory?.minimum ?? 0) > MOST_PAGES || (table?.minimum ?? 0) > MOST_ELEMENTS
    );
}

function canImport(module: Module): boolean {
  try {
    new Host().imports(module);
    return true;
  } catch {
    return false; // a global of a type, or a table of a size, that JavaScript cannot make
  }
}

/** Meters with that memory option; `"import"` is not for every module. */
function meter(bytes: Uint8Array<ArrayBuffer>, memory: "own" | "import") {
  try {
    return meterModule(bytes, { memory });
  } catch {
    return meterModule(bytes, { memory: "own" });
  }
}

/** The oracle: it says what fuel must be burnt. */
function naively(bytes: Uint8Array<ArrayBuffer>): Maker {
  const module = new WebAssembly.Module(meterNaively(bytes));
  return (imports) => new WebAssembly.Instance(module, imports);
}

function compareInterfaces(
  raw: WebAssembly.Module,
  metered: WebAssembly.Module,
  importsMemory: boolean,
): string | undefined {
  const list = (them: readonly { module?: string; name: string; kind: string }[]) =>
    them.map(({ module, name, kind }) => `${module} ${name} ${kind}`);
  const imports = list(WebAssembly.Module.imports(metered));
  if (importsMemory) imports.pop();
  const exports = list(
    WebAssembly.Module.exports(metered).filter(({ name }) => !name.startsWith("__rt_")),
  );
  return compareLogs(list(WebAssembly.Module.imports(raw)), imports) ??
    compareLogs(list(WebAssembly.Module.exports(raw)), exports);
}

/** Instantiates, then calls what is exported, in order, at most `calls` times in all. */
function execute(module: Module, make: Maker, calls: number): Run {
  const host = new Host();
  const fuel: (bigint | undefined)[] = [];
  let made: Instance | undefined;
  const burnt = () => {
    const oracle = made?.exports[ORACLE_FUEL] as WebAssembly.Global | undefined;
    return made?.tank?.burnt ?? oracle?.value as bigint | undefined ?? 0n;
  };
  const call = (run: () => unknown) => {
    const before = burnt();
    const errors = host.errors;
    host.call(run);
    fuel.push(host.errors === errors ? burnt() - before : undefined);
  };

  const imports = host.imports(module);
  let exports: WebAssembly.Exports = {};
  call(() => ({ exports } = made = make(imports, (instance) => made = instance)));
  host.functions = functionsOf(module, exports);
  if (exports.table instanceof WebAssembly.Table) host.table = exports.table;
  for (const run of host.functions.slice(0, calls - 1)) {
    if (made?.tank?.empty || host.overflowed) break;
    call(run);
  }
  return { host, fuel, empty: made?.tank?.empty ?? false, exports };
}

/** The exported functions, each with arguments that are the same in each run. */
function functionsOf(module: Module, exports: WebAssembly.Exports): (() => unknown)[] {
  const types = [
    ...module.imports.flatMap(({ kind, type }) => kind === "func" ? [type!] : []),
    ...module.functionTypes,
  ];
  return module.exports.filter(({ kind, name }) => kind === "func" && name in exports)
    .map(({ name, index }, i) => {
      const random = new Random(0, i);
      const args = signature(module, types[index])[0].map((type) => valueOf(type, random));
      return () => (exports[name] as Callable)(...args);
    });
}

function compareLogs(raw: readonly string[], metered: readonly string[]): string | undefined {
  for (let i = 0; i < Math.max(raw.length, metered.length); i++) {
    if (raw[i] !== metered[i]) return `line ${i} is ${metered[i]}, not ${raw[i]}`;
  }
  return undefined;
}

/** Compares memories, tables and globals. */
function compareState(raw: WebAssembly.Exports, metered: WebAssembly.Exports): string | undefined {
  for (const [name, one] of Object.entries(raw)) {
    if (!name.startsWith(EXPOSED)) continue;
    const other = metered[name];
    if (one instanceof WebAssembly.Memory) {
      const [a, b] = [one, other as WebAssembly.Memory].map(({ buffer }) => ({
        length: buffer.byteLength,
        bytes: new Uint8Array(buffer, 0, Math.min(buffer.byteLength, SEEN_BYTES)),
      }));
      if (a.length !== b.length) return `${name} has ${b.length} bytes, not ${a.length}`;
      if (Buffer.compare(a.bytes, b.bytes) === 0) continue;
      const at = a.bytes.findIndex((byte, i) => byte !== b.bytes[i]);
      return `${name} at ${at} is ${b.bytes[at]}, not ${a.bytes[at]}`;
    }
    const [a, b] = [one, other].map((it) => contentOf(it));
    if (a !== b) return `${name} is ${b}, not ${a}`;
  }
  return undefined;
}

function contentOf(of: unknown): string {
  try {
    if (of instanceof WebAssembly.Global) return show(of.value);
    if (!(of instanceof WebAssembly.Table)) return "something else";
    const seen = Math.min(of.length, SEEN_ELEMENTS);
    return [of.length, ...Array.from({ length: seen }, (_, i) => show(of.get(i)))].join();
  } catch {
    return "not readable"; // a type that JavaScript does not see
  }
}
