/** What stops a module from becoming a plugin. */
export type LoadErrorCode =
  | "wasm_unreachable"
  | "wasm_invalid"
  | "wasm_unsupported"
  | "hash_mismatch"
  | "import_denied"
  | "export_missing"
  | "runtime_unsupported";

/** The limits that a call can run into. */
export type LimitErrorCode =
  | "out_of_fuel"
  | "deadline_exceeded"
  | "memory_exceeded"
  | "message_too_large"
  | "too_many_host_calls"
  | "queue_full";

/** Every `code` of a {@linkcode PluginError}; the class that carries it is named there. */
export type ErrorCode =
  | "manifest_invalid"
  | LoadErrorCode
  | "capability_denied"
  | "trap"
  | "exit"
  | LimitErrorCode
  | "protocol"
  | "rpc"
  | "closed";

/** What one call did and used. It comes with every result and on every {@linkcode PluginError} of a call. */
export interface CallReport {
  /** Number of the call, counted from 1 for each plugin. */
  callId: number;
  /** Guest method that was called. */
  method: string;
  /** `"ok"`, `"aborted"` (by its signal), or the code of the error that ended it. */
  outcome: "ok" | "aborted" | ErrorCode;
  /** From the call until its end in ms, the time in the queue included. */
  durationMs: number;
  /** Time that the guest itself ran, in ms. */
  guestMs: number;
  /** Fuel burnt, in units. */
  fuel: number;
  /** How often the guest gave up the thread because its slice was used up. */
  yields: number;
  /** Size of the guest's memory at the end, in pages of 64 KiB. */
  memoryPages: number;
  /** Requests and notifications that the guest sent. */
  hostCalls: number;
  /** Bytes that the guest read. */
  stdinBytes: number;
  /** Bytes that the guest wrote to stdout. */
  stdoutBytes: number;
  /** Bytes that the guest wrote to stderr. */
  stderrBytes: number;
  /** Code that the guest exited with, `null` when it was killed or trapped. */
  exitCode: number | null;
  /** Host methods and WASI functions that the guest asked for and was refused: the first 64, and of long names 200 characters. */
  denied: string[];
  /** What each function of the guest burnt, the most first; there only if the plugin was loaded with `profile: true`. */
  profile?: readonly FunctionFuel[];
}

/** What a function burnt itself, what it called left out. */
export interface FunctionFuel {
  /** Its name in the module's `name` section, else that of its export, else `function 12`. */
  readonly name: string;
  /** Units of fuel. */
  readonly fuel: number;
}

/**
 * The base of all errors of this package.
 *
 * @example
 * ```ts
 * import { loadPlugin, PluginError } from "@wasm-plugin/rt";
 *
 * const plugin = await loadPlugin("./manifests/test-plugin.json");
 * try {
 *   await plugin.call("prime_sieve", 1e9, { timeoutMs: 100 });
 * } catch (error) {
 *   if (!(error instanceof PluginError)) throw error;
 *   console.error(error.code, error.report?.fuel); // "deadline_exceeded" …
 * }
 * ```
 */
export class PluginError extends Error {
  static {
    named(this, "PluginError");
  }

  /** What happened, for programs. */
  readonly code: ErrorCode;
  /** What the call had done and used; absent when the error is not about a call. */
  declare report?: CallReport;

  /** Makes one; `code` is for programs, `message` for people. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** One thing that is wrong with a value from outside. */
export interface Issue {
  /** Where: `limits.fuel`, `allow.methods[0]`, `env["a b"]`; empty for the value as a whole. */
  path: string;
  /** What was expected there. */
  message: string;
}

/** The manifest is not one. Code `manifest_invalid`. */
export class ManifestError extends PluginError {
  static {
    named(this, "ManifestError");
  }

  /** Everything that is wrong with it. */
  readonly issues: readonly Issue[];

  /** Makes one of everything that is wrong with the manifest. */
  constructor(message: string, issues: readonly Issue[], options?: ErrorOptions) {
    super("manifest_invalid", message, options);
    this.issues = issues;
  }
}

/** The module cannot be fetched, is refused, or cannot run here. Codes: {@linkcode LoadErrorCode}. */
export class LoadError extends PluginError {
  static {
    named(this, "LoadError");
  }

  /** What is wrong with the module. */
  declare readonly code: LoadErrorCode;

  /** Makes one; `code` says what is wrong with the module. */
  constructor(code: LoadErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** Somebody asked for what the manifest does not grant. Code `capability_denied`. */
export class CapabilityError extends PluginError {
  static {
    named(this, "CapabilityError");
  }

  /** Makes one; `message` says what was asked for. */
  constructor(message: string, options?: ErrorOptions) {
    super("capability_denied", message, options);
  }
}

/** The guest trapped; the message holds the engine's own. Code `trap`. */
export class TrapError extends PluginError {
  static {
    named(this, "TrapError");
  }

  /** Makes one; `options.cause` is the engine's own `WebAssembly.RuntimeError`. */
  constructor(message: string, options?: ErrorOptions) {
    super("trap", message, options);
  }
}

/** The guest exited before it answered. Code `exit`. */
export class ExitError extends PluginError {
  static {
    named(this, "ExitError");
  }

  /** What the guest passed to `proc_exit`; 0 when it returned from `_start`. */
  readonly exitCode: number;

  /** Makes one of what the guest passed to `proc_exit`. */
  constructor(message: string, exitCode: number) {
    super("exit", message);
    this.exitCode = exitCode;
  }
}

/** The call ran into a limit of the manifest or of its own options. Codes: {@linkcode LimitErrorCode}. */
export class LimitError extends PluginError {
  static {
    named(this, "LimitError");
  }

  /** Which limit it was. */
  declare readonly code: LimitErrorCode;
  /** The limit, in its own unit: fuel, ms, pages, bytes, or a count. */
  readonly limit: number;
  /** What the call had come to, in the same unit. */
  readonly value: number;

  /** Makes one; both figures are in the limit's own unit. */
  constructor(code: LimitErrorCode, message: string, figures: { limit: number; value: number }) {
    super(code, message);
    this.limit = figures.limit;
    this.value = figures.value;
  }
}

/** The guest wrote what is not JSON-RPC. Code `protocol`. */
export class ProtocolError extends PluginError {
  static {
    named(this, "ProtocolError");
  }

  /** Makes one; `message` quotes what the guest wrote, bounded. */
  constructor(message: string, options?: ErrorOptions) {
    super("protocol", message, options);
  }
}

/**
 * A JSON-RPC error: the one that a guest answered a call with, or one that a host method throws to
 * answer the guest. Code `rpc`; the numeric code of JSON-RPC is `rpcCode`.
 *
 * @example
 * ```ts
 * import { createHost, RpcError } from "@wasm-plugin/rt";
 *
 * const host = createHost(new Map<string, string>()).method("get", (key, { state }) => {
 *   if (!state.has(String(key))) throw new RpcError("no such key", { code: 404, data: { key } });
 *   return state.get(String(key));
 * });
 * ```
 */
export class RpcError extends PluginError {
  static {
    named(this, "RpcError");
  }

  /** The code on the wire; -32000 unless given. */
  readonly rpcCode: number;
  /** The `data` on the wire, if any. */
  readonly data: unknown;

  /** Makes one; `code` is an integer, -32000 unless given, and `data` anything that JSON can carry. */
  constructor(message: string, options: ErrorOptions & { code?: number; data?: unknown } = {}) {
    super("rpc", message, options);
    this.rpcCode = options.code ?? -32000;
    this.data = options.data;
  }
}

// On the prototype, and before any instance exists: engines write the name into the stack when an
// error is made, and an own property would show up whenever one is printed.
function named(type: { prototype: Error }, name: string): void {
  const property = { value: name, configurable: true, writable: true };
  Object.defineProperty(type.prototype, "name", property);
}

const QUOTED_CHARACTERS = 200, REASON_CHARACTERS = 400;

/** What would move a cursor, change the direction of text or stay invisible. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from outside for a message or a terminal, with all that is {@linkcode UNPRINTABLE} as an escape. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** Text from outside as a JSON string, printable: its first 200 characters, and `…` after the quotes if there are more. */
export function quote(text: string): string {
  const shown = beginning(text, QUOTED_CHARACTERS);
  return printable(JSON.stringify(shown)) + (shown === text ? "" : "…");
}

/** What an engine says of what went wrong, in which there may be names of a guest's: 400 characters, printable. */
export function reasonOf(error: unknown): string {
  return printable(
    beginning(error instanceof Error ? error.message : String(error), REASON_CHARACTERS),
  );
}

/** So many characters of a text, or one less where that would be half of one. */
function beginning(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, "");
}

/** `Cannot call "sleep" on plugin "test-plugin": …`, the grammar of every message about a call. */
export function callMessage(method: string, plugin: string, what: string): string {
  return `Cannot call ${quote(method)} on plugin ${quote(plugin)}: ${what}`;
}

/** `Cannot load plugin "test-plugin": …`, the grammar of every message about a module. */
export function loadMessage(plugin: string, what: string): string {
  return `Cannot load plugin ${quote(plugin)}: ${what}`;
}
