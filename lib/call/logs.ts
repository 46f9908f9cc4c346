import type { LogEntry } from "../host.ts";
import { Lines } from "./lines.ts";

const decoder = new TextDecoder();

/** A guest's stderr as log entries, up to a limit. */
export class Logs {
  readonly #source: Pick<LogEntry, "plugin" | "callId">;
  readonly #limit: number;
  readonly #onLog: (entry: LogEntry) => void;
  readonly #lines: Lines;
  #left: number;
  #isFull = false;
  #pending: string[] = [];

  /**
   * @param limit Bytes to take; a last line says it if there are more.
   * @param onLog Gets each entry, not while the guest runs, but before its call ends. What it throws goes to `console.error`.
   */
  constructor(
    source: Pick<LogEntry, "plugin" | "callId">,
    limit: number,
    onLog: (entry: LogEntry) => void,
  ) {
    this.#source = source;
    this.#limit = this.#left = limit;
    this.#onLog = onLog;
    // All lines together have at most `limit` bytes, so none is too long.
    this.#lines = new Lines(limit, (line) => this.#add(decoder.decode(line)), () => {});
  }

  /** Takes the next bytes, a view that need not outlive the call. */
  push(bytes: Uint8Array): void {
    if (this.#isFull) return;
    const fits = bytes.length <= this.#left;
    this.#lines.push(fits ? bytes : bytes.subarray(0, this.#left));
    if (fits) {
      this.#left -= bytes.length;
      return;
    }
    this.#isFull = true;
    this.#lines.flush();
    this.#add(`(the log limit of ${this.#limit} bytes is reached, the rest is dropped)`);
  }

  /** Ends the last line and hands out what is pending. */
  close(): void {
    this.#lines.flush();
    this.#deliver();
  }

  #add(line: string): void {
    // The guest is on the stack and may have left `onLog` little of it.
    if (this.#pending.length === 0) queueMicrotask(() => this.#deliver());
    this.#pending.push(line);
  }

  #deliver(): void {
    const lines = this.#pending;
    if (lines.length === 0) return;
    this.#pending = [];
    for (const line of lines) {
      try {
        this.#onLog({ ...this.#source, line });
      } catch (error) {
        console.error(error);
      }
    }
  }
}
