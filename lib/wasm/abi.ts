/** How a host drives a metered module: the names of what `meterModule` added to it. */
export interface MeterAbi {
  /** Export: a mutable `i32` global with the fuel left, true to the unit at each call out of the guest, return and throw. */
  readonly fuel: string;
  /**
   * Export: a `funcref` table of one entry. The host puts a wasm function `() -> i32` there, which is called whenever the fuel
   * is below zero: it sets the fuel and answers 0 to go on; anything else traps.
   */
  readonly hook: string;
  /** Export: the module's start function, which the host calls before anything else; `undefined` if there is none. */
  readonly start: string | undefined;
  /** Export: an `i32` global, 0; 1 once a `memory.grow` has failed; 2 once the guest has trapped since `maxAllocated` is used up. */
  readonly growFailed: string;
  /** Import: the memory, with its pages at the start and at most; `undefined` if there is none, or with `memory: "own"`. */
  readonly memory: MeterMemory | undefined;
  /** What tells how much fuel each function burnt; `undefined` unless `profile` was asked for. */
  readonly profile: MeterProfile | undefined;
}

/** What {@linkcode MeterAbi.growFailed} holds: a `memory.grow` has failed. */
export const MEMORY_REFUSED = 1;
/** What {@linkcode MeterAbi.growFailed} holds: a structure or an array was refused. */
export const ALLOCATION_REFUSED = 2;

/** How much fuel each function burnt itself, what it called left out. */
export interface MeterProfile {
  /** Export: a memory that holds, at 8 times a function's index, the units it burnt, as a little-endian 64-bit integer. */
  readonly memory: string;
  /** By function index: its name in the module's `name` section, else that of its export or import, else `function 12`. */
  readonly functions: readonly string[];
}

/** The import that took the place of the module's memory. */
export interface MeterMemory {
  /** Module name of the import. */
  readonly module: string;
  /** Field name of the import. */
  readonly name: string;
  /** Pages at the start. */
  readonly initial: number;
  /** Pages at most. */
  readonly maximum: number;
}

/** A guest's module, metered and compiled. */
export interface GuestModule {
  /** The engine's. */
  readonly module: WebAssembly.Module;
  /** What metering added; a guest always has a memory. */
  readonly abi: MeterAbi & { readonly memory: MeterMemory };
}
