import {
  callMessage,
  type CallReport,
  LimitError,
  PluginError,
  ProtocolError,
  quote,
  RpcError,
} from "../errors.ts";
import type { LogEntry } from "../host.ts";
import type { Manifest } from "../manifest.ts";
import { now, startTimer } from "../runtime.ts";
import type { Ceiling } from "./ceiling.ts";
import { createEnvironment, type Environment } from "./environment.ts";
import type { Codec } from "./exact_json.ts";
import { failureOf } from "./failure.ts";
import type { GuestEnd, Slot } from "./instance.ts";
import type { Pool } from "./pool.ts";
import type { Queue } from "./queue.ts";
import { bytesBeyond, type Dispatcher, requestLine } from "./rpc.ts";
import { Run, type Stop } from "./run.ts";
import { awaitTurn, cancelTurn, isCrowded, leaveTurn } from "./turns.ts";

/** What a caller may set for one call. Each only narrows what the manifest grants. */
export interface CallOptions {
  /** Ends the call when it aborts; the call rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Ms that the call may take, if that is less than the manifest's `limits.timeoutMs`. */
  readonly timeoutMs?: number;
  /** Fuel that the guest may burn in units, if that is less than the manifest's `limits.fuel`. */
  readonly fuel?: number;
  /** Environment variables over those of the plugin. A name that is not in `allow.env` is a `CapabilityError`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments in place of those of the plugin. One that is not in `allow.args` is a `CapabilityError`. */
  readonly args?: readonly string[];
}

const OPTIONS = new Set(["signal", "timeoutMs", "fuel", "env", "args"]);

/** What a call needs of its plugin. */
export interface CallSource {
  readonly id: string;
  readonly name: string;
  readonly manifest: Manifest;
  /** Variables of every guest. */
  readonly env: Readonly<Record<string, string>>;
  /** Arguments of every guest. */
  readonly args: readonly string[];
  /** What comes of `env` and `args`. */
  readonly environment: Environment;
  readonly dispatcher: Dispatcher;
  /** How messages are read and written. */
  readonly codec: Codec;
  /** `ctx.state` of host methods. */
  readonly state: unknown;
  readonly pool: Pool;
  /** The plugin's calls. */
  readonly queue: Queue;
  /** All plugins' calls. */
  readonly ceiling: Ceiling;
  readonly sliceMs: number;
  readonly onLog: (entry: LogEntry) => void;
}

/** One call of a guest method, from the caller's options to the result: waits for a place, runs a guest, says how it ended. */
export class Call {
  readonly #source: CallSource;
  readonly #id: number;
  readonly #requestId: number;
  readonly #method: string;
  readonly #startedAt = now();
  #stop: Stop | undefined;
  #run: Run | undefined;
  #pages = 0;
  #profile: GuestEnd["profile"];
  #exitCode: number | null = null;
  /** In how many queues it has a place: its plugin's, then the process's. */
  #places = 0;
  /** Ends the wait for a place or for a turn. */
  #stopWaiting: (() => void) | undefined;

  /** @param id Number of the call, and id of its request unless calls are to be alike. */
  constructor(source: CallSource, id: number, method: string) {
    this.#source = source;
    this.#id = id;
    this.#requestId = source.manifest.deterministic === undefined ? id : 1;
    this.#method = method;
  }

  /** Ends the call as soon as its guest can be made to trap. The first reason counts. */
  kill(outcome: Stop["outcome"], error: unknown): void {
    if (this.#run !== undefined) return this.#run.kill(outcome, error);
    this.#stop ??= { outcome, error };
    this.#stopWaiting?.();
  }

  /** Ends the call because its plugin is closed. */
  close(): void {
    this.kill("closed", new PluginError("closed", this.#message("the plugin is closed")));
  }

  /**
   * Makes the call, once.
   *
   * @throws A {@linkcode PluginError} with its report, or the reason of the caller's signal.
   */
  async execute(
    params: unknown,
    options: CallOptions,
  ): Promise<{ result: unknown; report: CallReport }> {
    try {
      const result = await this.#attempt(params, options);
      return { result, report: this.#report("ok") };
    } catch (error) {
      const isOurs = error instanceof PluginError && error !== options.signal?.reason;
      if (isOurs) error.report = this.#report(error.code);
      throw error;
    }
  }

  async #attempt(params: unknown, options: CallOptions): Promise<unknown> {
    for (const key of Object.keys(options)) {
      if (!OPTIONS.has(key)) throw new TypeError(this.#message(`unknown option ${quote(key)}`));
    }
    const { signal } = options;
    this.#throwIfStopped();
    if (signal?.aborted) throw signal.reason;
    const { limits } = this.#source.manifest;
    const timeoutMs = narrowed("timeoutMs", options.timeoutMs, limits.timeoutMs);
    const fuel = narrowed("fuel", options.fuel, limits.fuel ?? Infinity);
    const environment = this.#environment(options);
    const request = this.#request(params);

    let hasTurn = false;
    const abort = () => this.kill("aborted", signal!.reason);
    signal?.addEventListener("abort", abort);
    try {
      const { queue, ceiling: { guests }, sliceMs } = this.#source;
      if (!queue.tryEnter()) await this.#lineUp(queue, timeoutMs);
      this.#places++;
      if (!guests.tryEnter()) await this.#lineUp(guests, timeoutMs);
      this.#places++;
      // How deep a guest can recurse is not to depend on how deep its caller has.
      await undefined;
      // Looked at only here: of many calls that were made at once, the first may have used up this turn since.
      let time = now();
      if (isCrowded(sliceMs, time)) {
        await this.#wait(timeoutMs, (resume) => awaitTurn(resume, sliceMs), cancelTurn);
        hasTurn = true;
        time = now();
      }
      this.#throwIfStopped();
      if (time - this.#startedAt >= timeoutMs) throw this.#overdue(timeoutMs);
      return await this.#runGuest(request, environment, timeoutMs, fuel);
    } finally {
      signal?.removeEventListener("abort", abort);
      if (hasTurn && this.#run === undefined) leaveTurn(this.#source.sliceMs, now());
      // The process's first: whoever enters the plugin's goes to the end of that one.
      if (this.#places > 1) this.#source.ceiling.guests.leave();
      if (this.#places > 0) this.#source.queue.leave();
    }
  }

  #environment({ env, args }: CallOptions): Environment {
    const source = this.#source;
    if (env === undefined && args === undefined) return source.environment;
    const surroundings = { env: { ...source.env, ...env }, args: args ?? source.args };
    return createEnvironment(source.manifest, surroundings, (what) => this.#message(what));
  }

  #request(params: unknown): string {
    let line: string;
    try {
      line = requestLine(this.#requestId, this.#method, params, this.#source.codec);
    } catch (error) {
      const what = `params cannot be sent as JSON: ${(error as Error).message}`;
      throw new ProtocolError(this.#message(what), { cause: error });
    }
    const limit = this.#source.manifest.limits.messageBytes;
    const value = bytesBeyond(limit, line);
    if (value === undefined) return line;
    const what = `${value} bytes in the request (limit ${limit})`;
    throw new LimitError("message_too_large", this.#message(what), { limit, value });
  }

  /** Waits for a place in the queue. */
  #lineUp(queue: Queue, timeoutMs: number): Promise<void> {
    const limit = queue.longest, value = queue.length + 1;
    if (value > limit) {
      const what = `${value} calls in the queue (limit ${limit})`;
      throw new LimitError("queue_full", this.#message(what), { limit, value });
    }
    return this.#wait(timeoutMs, (enter) => queue.wait(enter), (enter) => queue.cancel(enter));
  }

  /** Waits for what calls the function given to `begin`. Throws if the deadline or the call's end comes before. */
  async #wait(
    timeoutMs: number,
    begin: (arrive: () => void) => void,
    cancel: (arrive: () => void) => void,
  ): Promise<void> {
    this.#throwIfStopped();
    const timer = startTimer(this.#startedAt + timeoutMs - now(), () => {
      this.kill("deadline_exceeded", this.#overdue(timeoutMs));
    });
    const hasArrived = await new Promise<boolean>((done) => {
      const arrive = () => {
        this.#stopWaiting = undefined;
        done(true);
      };
      this.#stopWaiting = () => {
        cancel(arrive);
        done(false);
      };
      begin(arrive);
    });
    timer.cancel();
    if (!hasArrived) this.#throwIfStopped();
  }

  #overdue(timeoutMs: number): LimitError {
    const value = Math.round(now() - this.#startedAt);
    const what = `deadline exceeded after ${value} ms in the queue (limit ${timeoutMs})`;
    return new LimitError("deadline_exceeded", this.#message(what), { limit: timeoutMs, value });
  }

  #throwIfStopped(): void {
    if (this.#stop !== undefined) throw this.#stop.error;
  }

  async #runGuest(
    request: string,
    environment: Environment,
    timeoutMs: number,
    fuel: number,
  ): Promise<unknown> {
    const { id, name, manifest, dispatcher, codec, state, sliceMs, onLog, pool } = this.#source;
    const slot = this.#place(pool);
    const run = this.#run = new Run({
      plugin: { id, name },
      callId: this.#id,
      method: this.#method,
      request,
      requestId: this.#requestId,
      environment,
      deterministic: manifest.deterministic,
      clock: manifest.allow.clock,
      random: manifest.allow.random,
      nonblocking: manifest.stdin === "nonblocking",
      dispatcher,
      codec,
      state,
      limits: manifest.limits,
      fuel,
      startedAt: this.#startedAt,
      timeoutMs,
      sliceMs,
      onLog,
    }, slot.memory);
    run.conversation.begin();
    const end = await slot.execute(run);
    run.close();
    this.#pages = slot.pages;
    this.#profile = end.profile;
    if (end.trap === undefined) this.#exitCode = 0;
    else if (run.exitCode !== null && !run.stopped) this.#exitCode = run.exitCode;
    const failure = failureOf({
      ...end,
      stop: run.stop,
      answered: run.conversation.response !== undefined,
      exitCode: this.#exitCode,
      pages: slot.pages,
      maxPages: slot.maxPages,
      memoryPages: manifest.limits.memoryPages,
    }, (what) => this.#message(what));
    // Of a guest that has trapped by itself nobody knows what it was about.
    pool.release(slot, end.trap === undefined || run.killed);

    if (failure !== undefined) throw withCause(failure.error, run.hostError);
    const { result, error } = run.conversation.response!;
    if (error === undefined) return result;
    const { code, message, data } = error;
    throw withCause(new RpcError(message, { code: Number(code), data }), run.hostError);
  }

  /** A place for the guest; the engine may have no memory left to make one. */
  #place(pool: Pool): Slot {
    try {
      return pool.acquire();
    } catch (error) {
      const limit = this.#source.manifest.limits.memoryPages;
      const what = `the engine has no memory for the guest: ${(error as Error).message}`;
      const failure = new LimitError("memory_exceeded", this.#message(what), { limit, value: 0 });
      throw withCause(failure, error);
    }
  }

  /** What the call has done and used. */
  #report(outcome: CallReport["outcome"]): CallReport {
    const run = this.#run;
    return {
      callId: this.#id,
      method: this.#method,
      outcome,
      durationMs: now() - this.#startedAt,
      guestMs: run?.slices.guestMs ?? 0,
      fuel: run?.slices.burnt ?? 0,
      yields: run?.yields ?? 0,
      memoryPages: this.#pages,
      hostCalls: run?.conversation.hostCalls ?? 0,
      stdinBytes: run?.stdin.bytesRead ?? 0,
      stdoutBytes: run?.stdoutBytes ?? 0,
      stderrBytes: run?.stderrBytes ?? 0,
      exitCode: this.#exitCode,
      denied: [...run?.denied ?? []],
      ...(this.#profile && { profile: this.#profile }),
    };
  }

  #message(what: string): string {
    return callMessage(this.#method, this.#source.name, what);
  }
}

/** An error of ours, with what it may have come of, a host method's error for one, as its cause. */
function withCause(error: unknown, cause: unknown): unknown {
  if (cause !== undefined && error instanceof PluginError) error.cause = cause;
  return error;
}

/** The lower of a caller's figure and the manifest's. */
function narrowed(name: string, wanted: number | undefined, limit: number): number {
  if (wanted === undefined) return limit;
  if (typeof wanted !== "number" || !(wanted >= 0)) {
    throw new TypeError(`Cannot make the call: option ${name} must be a number from 0 on`);
  }
  return Math.min(wanted, limit);
}
