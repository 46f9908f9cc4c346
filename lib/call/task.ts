import type { LogEntry } from "../host.ts";
import type { Manifest } from "../manifest.ts";
import type { Environment } from "./environment.ts";
import type { Codec } from "./exact_json.ts";
import type { Dispatcher } from "./dispatcher.ts";

/** What runs need of their plugin. */
export interface RunSource {
  readonly plugin: { readonly id: string; readonly name: string };
  readonly manifest: Manifest;
  readonly dispatcher: Dispatcher;
  /** How messages are read and written. */
  readonly codec: Codec;
  /** `ctx.state` of host methods. */
  readonly state: unknown;
  /** Ms that a guest may run between two turns of the event loop. */
  readonly sliceMs: number;
  readonly onLog: (entry: LogEntry) => void;
}

/** What one run is for. */
export interface Task {
  readonly callId: number;
  readonly method: string;
  /** The line that asks for it, without its end. */
  readonly request: string;
  /** The id in that line. */
  readonly requestId: number;
  readonly environment: Environment;
  /** Fuel that the guest may burn, `Infinity` for any amount. */
  readonly fuel: number;
  /** When the call was made, in ms of `now()`. */
  readonly startedAt: number;
  /** Ms from then on that the call may take. */
  readonly timeoutMs: number;
}
