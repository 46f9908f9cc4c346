import type { LogEntry } from "../host.ts";
import type { Limits } from "../manifest.ts";
import { type LineOwner, Lines } from "./lines.ts";

const decoder = new TextDecoder();

/** What logs need of their plugin. */
export interface LogSource {
  readonly plugin: LogEntry["plugin"];
  /** Its `logBytes` are taken; a last line says it if there are more. */
  readonly manifest: { readonly limits: Pick<Limits, "logBytes"> };
  /** Gets each entry, not while the guest runs, but before its call ends. What it throws goes to `console.error`. */
  readonly onLog: (entry: LogEntry) => void;
}

/** A guest's stderr as log entries, up to a limit. */
export class Logs implements LineOwner {
  readonly #callId: number;
  readonly #source: LogSource;
  readonly #lines: Lines;
  #left: number;
  #isFull = false;
  #pending: string[] = [];

  /** The log of one call. */
  constructor(callId: number, source: LogSource) {
    this.#callId = callId;
    this.#source = source;
    this.#left = source.manifest.limits.logBytes;
    // All lines together have at most that many bytes, so none is too long.
    this.#lines = new Lines(this.#left, this);
  }

  /** How many entries wait to be handed out. */
  get pending(): number {
    return this.#pending.length;
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
    const { logBytes } = this.#source.manifest.limits;
    this.#add(`(the log limit of ${logBytes} bytes is reached, the rest is dropped)`);
  }

  /** Ends the last line and hands out what is pending. */
  close(): void {
    this.#lines.flush();
    this.#deliver();
  }

  line(line: Uint8Array): void {
    this.#add(decoder.decode(line));
  }

  lineTooLong(): void {}

  #add(line: string): void {
    // The guest is on the stack and may have left `onLog` little of it.
    if (this.#pending.length === 0) queueMicrotask(() => this.#deliver());
    this.#pending.push(line);
  }

  #deliver(): void {
    const lines = this.#pending;
    if (lines.length === 0) return;
    this.#pending = [];
    const { plugin, onLog } = this.#source;
    for (const line of lines) {
      try {
        onLog({ plugin, callId: this.#callId, line });
      } catch (error) {
        console.error(error);
      }
    }
  }
}
