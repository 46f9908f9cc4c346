/**
 * Guests to be: a memory, the shim and the imports are made once and serve one run after another; an instance of the guest's
 * own module is made for each.
 *
 * @module
 */

import type { FunctionFuel } from "../errors.ts";
import { promising, suspending } from "../runtime.ts";
import { EFAULT, WASI_MODULE } from "../wasi/abi.ts";
import { KILL } from "../wasi/context.ts";
import { Fault, GuestMemory } from "../wasi/memory.ts";
import { WASI_FUNCTIONS } from "../wasi/table.ts";
import type { GuestModule } from "../wasm/abi.ts";
import { SHIM_IMPORTS, SHIM_WAIT, shimModule } from "../wasm/shim.ts";
import { readProfile } from "./profile.ts";
import type { Run } from "./run.ts";

const PAGE_BYTES = 65_536;
const REFUEL = "__rt_refuel";
const SHIM_FUNCTIONS = [...WASI_FUNCTIONS, { name: REFUEL, params: [], results: ["i32"] as const }];
let shim: WebAssembly.Module | undefined;

/** A place for a guest: at most one runs in it at a time, and `run` is what that one asks. */
export class Slot {
  readonly #guest: GuestModule;
  readonly #memory: WebAssembly.Memory;
  readonly #imports: WebAssembly.Imports;
  readonly #hook: () => number;
  #run: Run | undefined;

  /** The guest's memory, through bounds checks. */
  readonly memory: GuestMemory;

  /** Makes a place, with a memory, for guests of that module. */
  constructor(guest: GuestModule) {
    const { memory } = guest.abi;
    this.#guest = guest;
    this.#memory = new WebAssembly.Memory({ initial: memory.initial, maximum: memory.maximum });
    this.memory = new GuestMemory(this.#memory);
    shim ??= new WebAssembly.Module(shimModule(SHIM_FUNCTIONS));
    const host = this.#hostFunctions();
    const { [REFUEL]: hook, ...wasi } =
      new WebAssembly.Instance(shim, { [SHIM_IMPORTS]: host }).exports;
    this.#hook = hook as () => number;
    this.#imports = {
      [WASI_MODULE]: wasi as WebAssembly.ModuleImports,
      [memory.module]: { [memory.name]: this.#memory },
    };
  }

  /** Pages of the guest's memory. */
  get pages(): number {
    return this.#memory.buffer.byteLength / PAGE_BYTES;
  }

  /** Runs a fresh guest from its first instruction to its last, and says how it ended; nothing that it throws comes out. */
  async execute(run: Run): Promise<GuestEnd> {
    const { module, abi } = this.#guest;
    this.#run = run;
    let exports: WebAssembly.Exports | undefined;
    let trap: GuestEnd["trap"];
    try {
      ({ exports } = new WebAssembly.Instance(module, this.#imports));
      (exports[abi.hook] as WebAssembly.Table).set(0, this.#hook);
      run.slices.start(exports[abi.fuel] as WebAssembly.Global);
      if (abi.start !== undefined) await promising(exports[abi.start] as () => void)();
      await promising(exports._start as () => void)();
    } catch (error) {
      trap = { error };
    }
    this.#run = undefined;
    if (exports === undefined) return { trap, growFailed: false, profile: undefined };
    return {
      trap,
      growFailed: (exports[abi.growFailed] as WebAssembly.Global).value !== 0,
      profile: abi.profile && readProfile(exports, abi.profile),
    };
  }

  /** Makes the memory all zero again. Answers whether this place can serve another guest: not after its memory has grown. */
  clean(): boolean {
    const { buffer } = this.#memory;
    if (buffer.byteLength !== this.#guest.abi.memory.initial * PAGE_BYTES) return false;
    new Uint8Array(buffer).fill(0);
    return true;
  }

  #hostFunctions(): WebAssembly.ModuleImports {
    const host: WebAssembly.ModuleImports = {
      [SHIM_WAIT]: suspending(() => this.#run!.suspend()) as WebAssembly.ImportValue,
      [REFUEL]: () => this.#run!.slices.refuel(),
    };
    for (const { name, handler } of WASI_FUNCTIONS) {
      host[name] = (...args: never[]) => {
        const run = this.#run!;
        if (run.stopped) return KILL;
        try {
          run.countCall();
          return handler(run, ...args);
        } catch (error) {
          return error instanceof Fault ? EFAULT : run.crashed(error);
        }
      };
    }
    return host;
  }
}

/** How a guest's run has ended. */
export interface GuestEnd {
  /** What was thrown out of the guest, if anything: an engine's trap, or an exception of its own. */
  readonly trap: { readonly error: unknown } | undefined;
  /** Whether one of its `memory.grow` has failed. */
  readonly growFailed: boolean;
  /** What its functions have burnt, if that was asked for. */
  readonly profile: readonly FunctionFuel[] | undefined;
}
