import {
  callMessage,
  type CallReport,
  LimitError,
  PluginError,
  ProtocolError,
  RpcError,
} from "../errors.ts";
import { now, startTimer } from "../runtime.ts";
import { type CallOptions, checkOptions, narrowed } from "./call_options.ts";
import type { Ceiling } from "./ceiling.ts";
import { createEnvironment, type Environment } from "./environment.ts";
import { failureOf } from "./failure.ts";
import type { GuestEnd, Slot } from "./instance.ts";
import type { Pool } from "./pool.ts";
import type { Queue } from "./queue.ts";
import { requestLine } from "./messages.ts";
import { Run } from "./run.ts";
import { overdue, type Say, type Stop } from "./stop.ts";
import type { RunSource, Task } from "./task.ts";
import { awaitTurn, cancelTurn, isCrowded, passTurn } from "./turns.ts";
import { bytesBeyond } from "./utf8.ts";

/** What a call needs of its plugin. */
export interface CallSource extends RunSource {
  /** Variables of every guest. */
  readonly env: Readonly<Record<string, string>>;
  /** Arguments of every guest. */
  readonly args: readonly string[];
  /** What comes of `env` and `args`. */
  readonly environment: Environment;
  readonly pool: Pool;
  /** The plugin's calls. */
  readonly queue: Queue;
  /** All plugins' calls. */
  readonly ceiling: Ceiling;
}

/** One call of a guest method, from the caller's options to the result: waits for a place, runs a guest, says how it ended. */
export class Call {
  readonly #source: CallSource;
  readonly #id: number;
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
    this.#method = method;
  }

  /** Ends the call as soon as its guest can be made to trap. The first reason counts. */
  kill(stop: Stop): void {
    if (this.#run !== undefined) return this.#run.kill(stop);
    this.#stop ??= stop;
    this.#stopWaiting?.();
  }

  /** Ends the call because its plugin is closed. */
  close(): void {
    const error = new PluginError("closed", this.#say("the plugin is closed"));
    this.kill({ outcome: "closed", error });
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
    const { signal } = options;
    const { queue, ceiling: { guests }, sliceMs } = this.#source;
    let abort: (() => void) | undefined;
    let hasTurn = false;
    try {
      // Before anything else, since params may have a toJSON that aborts.
      if (signal !== undefined) {
        abort = () => this.kill({ outcome: "aborted", error: signal.reason });
        signal.addEventListener("abort", abort);
      }
      const task = this.#task(params, options);
      if (!queue.tryEnter()) await this.#lineUp(queue, task);
      this.#places++;
      if (!guests.tryEnter()) await this.#lineUp(guests, task);
      this.#places++;
      // How deep a guest can recurse is not to depend on how deep its caller has.
      await undefined;
      // Looked at only here: of many calls that were made at once, the first may have used up this turn since.
      let time = now();
      if (isCrowded(sliceMs, time)) {
        await this.#wait(task, (resume) => awaitTurn(resume, sliceMs), cancelTurn);
        hasTurn = true;
        time = now();
      }
      this.#throwIfStopped();
      if (time - task.startedAt >= task.timeoutMs) throw this.#overdue(task).error;
      const slot = this.#place();
      const run = this.#run = new Run(this.#source, task, slot.memory);
      run.conversation.begin();
      const end = await slot.execute(run);
      const drained = run.drained();
      if (drained !== undefined) await drained;
      const result = this.#result(run, slot, end);
      return { result, report: this.#report("ok") };
    } catch (error) {
      const isOurs = error instanceof PluginError && error !== signal?.reason;
      if (isOurs) error.report = this.#report(error.code);
      throw error;
    } finally {
      if (hasTurn && this.#run === undefined) passTurn(sliceMs, now());
      // The process's first: whoever enters the plugin's goes to the end of that one.
      if (this.#places > 1) guests.leave();
      if (this.#places > 0) queue.leave();
      if (abort !== undefined) signal!.removeEventListener("abort", abort);
    }
  }

  /** What the guest is to do, if the call may be made at all. */
  #task(params: unknown, options: CallOptions): Task {
    checkOptions(options, this.#say);
    this.#throwIfStopped();
    if (options.signal?.aborted) throw options.signal.reason;
    const { manifest: { limits, deterministic } } = this.#source;
    const requestId = deterministic === undefined ? this.#id : 1;
    return {
      callId: this.#id,
      method: this.#method,
      startedAt: this.#startedAt,
      timeoutMs: narrowed(options, limits, "timeoutMs"),
      fuel: narrowed(options, limits, "fuel"),
      environment: this.#environment(options),
      requestId,
      request: this.#request(requestId, params),
    };
  }

  #environment({ env, args }: CallOptions): Environment {
    const source = this.#source;
    if (env === undefined && args === undefined) return source.environment;
    const surroundings = { env: { ...source.env, ...env }, args: args ?? source.args };
    return createEnvironment(source.manifest, surroundings, this.#say);
  }

  #request(id: number, params: unknown): string {
    let line: string;
    try {
      line = requestLine(id, this.#method, params, this.#source.codec);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const what = `params cannot be sent as JSON: ${why}`;
      throw new ProtocolError(this.#say(what), { cause: error });
    }
    const limit = this.#source.manifest.limits.messageBytes;
    const value = bytesBeyond(limit, line);
    if (value === undefined) return line;
    const what = `${value} bytes in the request (limit ${limit})`;
    throw new LimitError("message_too_large", this.#say(what), { limit, value });
  }

  /** Waits for a place in the queue. */
  #lineUp(queue: Queue, task: Task): Promise<void> {
    const limit = queue.longest, value = queue.length + 1;
    if (value > limit) {
      const what = `${value} calls in the queue (limit ${limit})`;
      throw new LimitError("queue_full", this.#say(what), { limit, value });
    }
    return this.#wait(task, (enter) => queue.wait(enter), (enter) => queue.cancel(enter));
  }

  /** Waits for what calls the function given to `begin`. Throws if the deadline or the call's end comes before. */
  async #wait(
    task: Task,
    begin: (arrive: () => void) => void,
    cancel: (arrive: () => void) => void,
  ): Promise<void> {
    this.#throwIfStopped();
    const timer = startTimer(task.startedAt + task.timeoutMs - now(), () => {
      this.kill(this.#overdue(task));
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

  #overdue(task: Task): Stop {
    return overdue(this.#say, task, " in the queue");
  }

  #throwIfStopped(): void {
    if (this.#stop !== undefined) throw this.#stop.error;
  }

  /** What comes of a run that has ended, whose place is given back. */
  #result(run: Run, slot: Slot, end: GuestEnd): unknown {
    run.close();
    this.#pages = slot.pages;
    this.#profile = end.profile;
    if (end.trap === undefined) this.#exitCode = 0;
    else if (run.exitCode !== null && !run.stopped) this.#exitCode = run.exitCode;
    const failure = failureOf({
      end,
      stop: run.stop,
      answered: run.conversation.response !== undefined,
      exitCode: this.#exitCode,
      pages: slot.pages,
      maxPages: slot.maxPages,
      memoryPages: this.#source.manifest.limits.memoryPages,
    }, this.#say);
    // Of a guest that has trapped by itself nobody knows what it was about.
    this.#source.pool.release(slot, end.trap === undefined || run.killed);

    if (failure !== undefined) {
      // The reason of a signal is its owner's.
      throw run.stop?.outcome === "aborted"
        ? failure.error
        : withCause(failure.error, run.hostError);
    }
    const { result, error } = run.conversation.response!;
    if (error === undefined) return result;
    const { code, message, data } = error;
    throw withCause(new RpcError(message, { code: Number(code), data }), run.hostError);
  }

  /** A place for the guest; the engine may have no memory left to make one. */
  #place(): Slot {
    try {
      return this.#source.pool.acquire();
    } catch (error) {
      const limit = this.#source.manifest.limits.memoryPages;
      const what = `the engine has no memory for the guest: ${(error as Error).message}`;
      const failure = new LimitError("memory_exceeded", this.#say(what), { limit, value: 0 });
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
      denied: run?.denied ?? [],
      ...(this.#profile && { profile: this.#profile }),
    };
  }

  get #say(): Say {
    return (what) => callMessage(this.#method, this.#source.plugin.name, what);
  }
}

/** An error of ours, with what it may have come of, a host method's error for one, as its cause. */
function withCause(error: unknown, cause: unknown): unknown {
  if (cause !== undefined && error instanceof PluginError) error.cause = cause;
  return error;
}
