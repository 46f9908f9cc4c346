import { EXACT_JSON } from "../call/exact_json.ts";
import { ManifestError, PluginError, printable, RpcError, UNPRINTABLE } from "../errors.ts";

/** Where a command writes: results to `stdout`, all else to `stderr`. Texts end with their own line end. */
export interface Io {
  /** Writes a result, which a program may read. */
  stdout(text: string): void;
  /** Writes what people read: logs, errors, the report. */
  stderr(text: string): void;
}

/** What a command ends the process with. */
export const EXIT = {
  /** It did what was asked; `check` says yes. */
  ok: 0,
  /** The call failed; `check` says no. */
  failed: 1,
  /** Nothing was run: wrong usage, or a manifest or module that cannot be loaded. */
  usage: 2,
} as const;

/** An error as lines for a terminal: its message and code, then what else it carries. */
export function explain(error: unknown): string {
  return describe(error).map((line) => printable(line) + "\n").join("");
}

function describe(error: unknown): string[] {
  if (error instanceof RpcError) {
    const head = `error: the guest answered: ${error.message} (rpc ${error.rpcCode})`;
    return error.data === undefined
      ? [head]
      : [head, `  data: ${EXACT_JSON.stringify(error.data)}`];
  }
  if (error instanceof ManifestError && error.issues.length > 1) {
    const issues = error.issues.map(({ path, message }) => `  ${path || "manifest"}: ${message}`);
    return [`error: Cannot read manifest (${error.code})`, ...issues];
  }
  if (error instanceof PluginError) return [`error: ${error.message} (${error.code})`];
  return [`error: ${error instanceof Error ? error.message : error}`];
}

/** A value as JSON with the same characters as its own escapes, which mean the same to a program. */
export function printableJson(value: unknown): string {
  const units = (text: string) =>
    text.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return EXACT_JSON.stringify(value)!.replace(
    UNPRINTABLE,
    (character) => units(character).join(""),
  );
}

/** Rows as lines of aligned columns, each two spaces from the one before. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => widths[index] = Math.max(widths[index] ?? 0, cell.length));
  }
  const line = (row: readonly string[]) =>
    row.map((cell, index) => cell.padEnd(widths[index])).join("  ").trimEnd() + "\n";
  return rows.map(line).join("");
}
