/**
 * Guests to be: the shim and the imports are made once and serve one run after another, and so does the memory if it can; an
 * instance of the guest's own module is made for each.
 *
 * @module
 */

import type { FunctionFuel } from "../errors.ts";
import { promising, suspending } from "../runtime.ts";
import { EFAULT, WASI_MODULE } from "../wasi/abi.ts";
import { KILL, WAIT } from "../wasi/context.ts";
import { Fault, GuestMemory } from "../wasi/memory.ts";
import { WASI_FUNCTIONS } from "../wasi/table.ts";
import { ALLOCATION_REFUSED, type GuestModule, MEMORY_REFUSED } from "../wasm/abi.ts";
import { SHIM_IMPORTS, SHIM_WAIT, shimModule } from "../wasm/shim.ts";
import { readProfile } from "./profile.ts";
import type { Run } from "./run.ts";
import { STOP } from "./suspension.ts";

/** Bytes of a page of memory. */
export const PAGE_BYTES = 65_536;
/** Pages up to which it is cheaper to zero a memory than to make one; RATIONALE has the figures. */
const MOST_ZEROED_PAGES = 64;
const REFUEL = "__rt_refuel";
const SHIM_FUNCTIONS = [...WASI_FUNCTIONS, { name: REFUEL, params: [], results: ["i32"] as const }];
let shim: WebAssembly.Module | undefined;

/** A place for a guest: at most one runs in it at a time, and `run` is what that one asks. */
export class Slot {
  readonly #guest: GuestModule;
  readonly #imports: WebAssembly.Imports;
  readonly #hook: () => number;
  #memory: WebAssembly.Memory | undefined;
  #view: GuestMemory | undefined;
  #run: Run | undefined;

  /** Makes a place, without a memory, for guests of that module. */
  constructor(guest: GuestModule) {
    this.#guest = guest;
    shim ??= new WebAssembly.Module(shimModule(SHIM_FUNCTIONS));
    const host = this.#hostFunctions();
    const { [REFUEL]: hook, ...wasi } =
      new WebAssembly.Instance(shim, { [SHIM_IMPORTS]: host }).exports;
    this.#hook = hook as () => number;
    this.#imports = { [WASI_MODULE]: wasi as WebAssembly.ModuleImports };
  }

  /**
   * Gives it a memory that is all zero, which it must have before a guest is run.
   *
   * @throws {RangeError} The engine has no memory left.
   */
  furnish(): void {
    const { module, name, initial, maximum } = this.#guest.abi.memory;
    this.#memory = new WebAssembly.Memory({ initial, maximum });
    this.#view = new GuestMemory(this.#memory);
    this.#imports[module] = { [name]: this.#memory };
  }

  /** Takes its memory away. */
  strip(): void {
    this.#memory = this.#view = undefined;
    this.#imports[this.#guest.abi.memory.module] = {};
  }

  /** The guest's memory, through bounds checks. */
  get memory(): GuestMemory {
    return this.#view!;
  }

  /** Pages of the guest's memory. */
  get pages(): number {
    return this.#memory!.buffer.byteLength / PAGE_BYTES;
  }

  /** The most pages that it can have. */
  get maxPages(): number {
    return this.#guest.abi.memory.maximum;
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
      // What was before may have taken long, and nothing looks at the clock until the guest has burnt a ration.
      if (run.now() >= run.deadline) run.overdue();
      if (run.stopped) {
        run.killed = true;
        trap = { error: undefined };
      } else {
        if (abi.start !== undefined) await promising(exports[abi.start] as () => void)();
        await promising(exports._start as () => void)();
      }
    } catch (error) {
      trap = { error };
    }
    this.#run = undefined;
    const refused = (exports?.[abi.growFailed] as WebAssembly.Global | undefined)?.value;
    return {
      trap,
      growFailed: refused === MEMORY_REFUSED,
      allocationFailed: refused === ALLOCATION_REFUSED,
      profile: exports && abi.profile && readProfile(exports, abi.profile),
    };
  }

  /** Makes the memory all zero again. Answers whether it has: not if it has grown, or is too large for that to pay. */
  clean(): boolean {
    const { pages } = this;
    if (pages > MOST_ZEROED_PAGES || pages !== this.#guest.abi.memory.initial) return false;
    this.memory.zero(0, pages * PAGE_BYTES);
    return true;
  }

  #hostFunctions(): WebAssembly.ModuleImports {
    const host: WebAssembly.ModuleImports = {
      [SHIM_WAIT]: suspending(() => {
        const run = this.#run!;
        try {
          return run.suspend();
        } catch (error) {
          run.crashed(error);
          return STOP;
        }
      }) as WebAssembly.ImportValue,
      [REFUEL]: () => this.#run!.answer(this.#run!.slices.refuel()),
    };
    for (const { name, handler } of WASI_FUNCTIONS) {
      host[name] = (...args: never[]) => {
        const run = this.#run!;
        if (run.stopped) return run.answer(KILL);
        try {
          run.countCall();
          let answer = handler(run, ...args);
          // To suspend for a wait that is over would take as long as the guest's stack is deep.
          while (answer === WAIT && run.skipped) answer = handler(run, ...args);
          return run.answer(answer);
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
  /** Whether it has trapped since it may make no more structures and arrays. */
  readonly allocationFailed: boolean;
  /** What its functions have burnt, if that was asked for. */
  readonly profile: readonly FunctionFuel[] | undefined;
}
