/**
 * What the plan of one body needs to know of the module around it.
 *
 * @module
 */

import type { Module } from "./outline.ts";

/** Of imports, types, memories and tables. */
export interface Outline {
  /** How many functions are imported; theirs are the first indices. */
  readonly importedFunctions: number;
  /** By type index: whether it is a function type with params. */
  readonly hasParams: readonly boolean[];
  /** By memory index: whether its addresses have 64 bits. */
  readonly wideMemories: readonly boolean[];
  /** By table index: whether its indices have 64 bits. */
  readonly wideTables: readonly boolean[];
  /** The module's types and tags, if what is allocated of them is to be counted. */
  readonly counted: Pick<Module, "types" | "tags"> | undefined;
  /** Whether it is to be known which function burnt what. */
  readonly isProfiled: boolean;
  /** Whether the hook is called after each growth of a memory or a table. */
  readonly callsAfterGrowth: boolean;
}

/** Of functions, those that bodies call and the one to be planned, by index. */
export interface Callees {
  /** Units of entering it, where its callers pay for that; 0 where it pays itself. */
  readonly costs: Int32Array;
  /** 1 for a small leaf that its callers pay for, which has no reason to touch the counter. */
  readonly quiet: Uint8Array;
  /** 1 for a function that is charged at entry for all of it. */
  readonly loopFree: Uint8Array;
  /** 1 if whoever pays for entering it, itself or its callers, has to look at the counter then. */
  readonly checked: Uint8Array;
  /** 1 if it has to look at the counter after each call too. */
  readonly heavy: Uint8Array;
  /** How many direct calls of it were planned so far; the planner counts them here. */
  readonly callSites: Uint32Array;
  /** Whether any of them allocates what is to be counted. */
  readonly allocates: boolean;
}

/** The outline of `module`. */
export function outlineOf(
  module: Module,
  { isCounted, isProfiled, callsAfterGrowth }: {
    isCounted: boolean;
    isProfiled: boolean;
    callsAfterGrowth: boolean;
  },
): Outline {
  const { types, imports, memories, tables, functionCount, bodies } = module;
  const imported = (kind: "memory" | "table") => imports.flatMap((each) => each[kind] ?? []);
  return {
    importedFunctions: functionCount - bodies.starts.length,
    hasParams: types.map((type) => type.kind === "func" && type.params > 0),
    wideMemories: [...imported("memory"), ...memories].map(({ is64 }) => is64),
    wideTables: [...imported("table"), ...tables].map(({ is64 }) => is64),
    counted: isCounted ? module : undefined,
    isProfiled,
    callsAfterGrowth,
  };
}

/** Callees of which nothing is known, so that each pays for itself. */
export function noCallees(functionCount: number): Callees {
  return {
    costs: new Int32Array(functionCount),
    quiet: new Uint8Array(functionCount),
    loopFree: new Uint8Array(functionCount),
    checked: new Uint8Array(functionCount),
    heavy: new Uint8Array(functionCount),
    callSites: new Uint32Array(functionCount),
    allocates: false,
  };
}
