/**
 * What the outline of a module consists of.
 *
 * @see https://webassembly.github.io/spec/core/binary/modules.html
 * @module
 */

import type { FunctionType } from "./types.ts";

/** Section ids. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** A section, by offsets in the module. */
export interface Section {
  /** One of {@linkcode SECTION}. */
  readonly id: number;
  /** Name of a custom section. */
  readonly name?: string;
  /** Offset of the id. */
  readonly start: number;
  /** Offset of the content, in a custom section after the name. */
  readonly body: number;
  /** Offset after the content. */
  readonly end: number;
}

/** A structure type. */
export interface StructType {
  /** Tells it from other types. */
  readonly kind: "struct";
  /** How many fields. */
  readonly fields: number;
  /** Bytes that one takes, as counted here. */
  readonly bytes: number;
}

/** An array type. */
export interface ArrayType {
  /** Tells it from other types. */
  readonly kind: "array";
  /** Bytes that an element takes. */
  readonly elementBytes: number;
}

/** A type that a module defines. */
export type Type = FunctionType | StructType | ArrayType;

/** A memory; sizes in pages of 64 KiB. */
export interface Memory {
  /** Pages at the start. */
  readonly minimum: number;
  /** The most pages; absent when the module states none. */
  readonly maximum?: number;
  /** Whether threads can share it. */
  readonly shared: boolean;
  /** Whether its addresses have 64 bits. */
  readonly is64: boolean;
}

/** A table; sizes in elements. */
export interface Table {
  /** Name of the element type. */
  readonly element: string;
  /** Elements at the start. */
  readonly minimum: number;
  /** The most elements; absent when the module states none. */
  readonly maximum?: number;
  /** Whether its indices have 64 bits. */
  readonly is64: boolean;
}

/** By the byte that stands for it: what can be imported and exported. */
export const KINDS = ["func", "table", "memory", "global", "tag"] as const;

/** What can be imported and exported. */
export type Kind = typeof KINDS[number];

/** An import. */
export interface Import {
  /** First part of the name. */
  readonly module: string;
  /** Second part of the name. */
  readonly name: string;
  /** What it is. */
  readonly kind: Kind;
  /** Type index of a function or a tag. */
  readonly type?: number;
  /** The memory, if it is one. */
  readonly memory?: Memory;
  /** The table, if it is one. */
  readonly table?: Table;
}

/** An export. */
export interface Export {
  /** Its name. */
  readonly name: string;
  /** What it is. */
  readonly kind: Kind;
  /** Index in the index space of its kind. */
  readonly index: number;
}

/** The outline of a module. The counts are those of whole index spaces, imports included. */
export interface Module {
  /** All bytes. */
  readonly bytes: Uint8Array;
  /** In the order in which they come. */
  readonly sections: readonly Section[];
  /** By type index; recursion groups are flattened. */
  readonly types: readonly Type[];
  /** How many recursion groups are written as such: a type by itself is none. */
  readonly recursionGroups: number;
  /** In the order in which they come. */
  readonly imports: readonly Import[];
  /** Type index of each function that the module defines. */
  readonly functionTypes: Uint32Array;
  /** How many functions there are. */
  readonly functionCount: number;
  /** Tables that the module defines. */
  readonly tables: readonly Table[];
  /** The same: offset of the limits of each, and offset after them. */
  readonly tableLimits: readonly { readonly start: number; readonly end: number }[];
  /** How many tables there are. */
  readonly tableCount: number;
  /** Memories that the module defines. */
  readonly memories: readonly Memory[];
  /** How many memories there are. */
  readonly memoryCount: number;
  /** How many globals there are. */
  readonly globalCount: number;
  /** By global index, for those that begin as an `i32` that is known before the module runs: that integer. */
  readonly globalValues: ReadonlyMap<number, number>;
  /** By tag index: its type index. */
  readonly tags: readonly number[];
  /** In the order in which they come. */
  readonly exports: readonly Export[];
  /** Function index of the start function. */
  readonly start?: number;
  /**
   * By function index: 1 if something outside of the bodies can call or name it: an export, the start section, an element
   * segment, the initialiser of a global or a table. (A body can name a function too, with `ref.func`.)
   */
  readonly addressTaken: Uint8Array;
  /** The same for those that are named by reference, so that a table or a variable can hold them: not by an export or as the start. */
  readonly referenced: Uint8Array;
  /**
   * Bytes of the structures and arrays that constant expressions make, which is when the module is instantiated; `Infinity` if what
   * is imported decides.
   */
  readonly constantBytes: number;
  /** Elements of the active segments, which are put into tables when the module is instantiated. */
  readonly activeElements: number;
  /** By number of the defined function: offsets of its body (after the size) and after its body. */
  readonly bodies: { readonly starts: Uint32Array; readonly ends: Uint32Array };
}

/** An outline that is being read. */
export type Draft = { -readonly [Key in keyof Module]: Module[Key] } & {
  readonly sections: Section[];
  readonly types: Type[];
  readonly imports: Import[];
  readonly tables: Table[];
  readonly tableLimits: { start: number; end: number }[];
  readonly memories: Memory[];
  readonly globalValues: Map<number, number>;
  readonly tags: number[];
  readonly exports: Export[];
};
