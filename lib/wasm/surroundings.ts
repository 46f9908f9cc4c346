/**
 * What the plan of one body needs to know of the module around it.
 *
 * @module
 */

import type { Module } from "./outline.ts";

/** Of types, memories and tables. */
export interface Outline {
  /** By type index: whether it is a function type with params. */
  readonly hasParams: readonly boolean[];
  /** By memory index: whether its addresses have 64 bits. */
  readonly wideMemories: readonly boolean[];
  /** By table index: whether its indices have 64 bits. */
  readonly wideTables: readonly boolean[];
}

/** Of the functions that bodies call, by function index. */
export interface Callees {
  /** Units of entering it, where its callers pay for that; 0 where it pays itself. */
  readonly costs: Int32Array;
  /** 1 for a small leaf that its callers pay for, which has no reason to touch the counter. */
  readonly quiet: Uint8Array;
  /** 1 for a function without loops. */
  readonly loopFree: Uint8Array;
  /** How many direct calls of it were planned so far; the planner counts them here. */
  readonly callSites: Uint32Array;
}

/** The outline of `module`. */
export function outlineOf({ types, imports, memories, tables }: Module): Outline {
  const imported = (kind: "memory" | "table") => imports.flatMap((each) => each[kind] ?? []);
  return {
    hasParams: types.map((type) => type.kind === "func" && type.params > 0),
    wideMemories: [...imported("memory"), ...memories].map(({ is64 }) => is64),
    wideTables: [...imported("table"), ...tables].map(({ is64 }) => is64),
  };
}

/** Callees of which nothing is known, so that each pays for itself. */
export function noCallees(functionCount: number): Callees {
  return {
    costs: new Int32Array(functionCount),
    quiet: new Uint8Array(functionCount),
    loopFree: new Uint8Array(functionCount),
    callSites: new Uint32Array(functionCount),
  };
}
