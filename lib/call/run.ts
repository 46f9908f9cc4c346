import { callMessage, type LimitErrorCode } from "../errors.ts";
import type { HostContext } from "../host.ts";
import { now } from "../runtime.ts";
import {
  KILL,
  newState,
  type Until,
  WAIT,
  type WasiContext,
  type WasiState,
} from "../wasi/context.ts";
import type { GuestMemory } from "../wasi/memory.ts";
import { CallContext } from "./call_context.ts";
import { Denied } from "./denied.ts";
import { isTooDeep, MAX_JSON_DEPTH } from "./depth.ts";
import { type LineOwner, Lines } from "./lines.ts";
import { Logs } from "./logs.ts";
import { Pipe } from "./pipe.ts";
import type { Caller } from "./dispatcher.ts";
import { Conversation, type Port } from "./rpc.ts";
import { type SliceOwner, Slices } from "./slices.ts";
import { outOfFuel, overdue, overLimit, protocolBroken, type Say, type Stop } from "./stop.ts";
import { STOP, Suspension, type SuspensionOwner } from "./suspension.ts";
import type { RunSource, Task } from "./task.ts";
import { enterTurn, leaveTurn, passTurn } from "./turns.ts";
import { MadeUpWorld, REAL_WORLD, type World } from "./world.ts";

/** Ms that a guest has to exit after its answer. */
const EXIT_GRACE_MS = 1000;
/** Log lines that wait to be handed out, from which on the guest is to make way for that. */
const MANY_LOG_LINES = 5000;
/** Characters of a message to the guest from which on it takes long to make. */
const LONG_MESSAGE = 16_384;
/** WASI calls between two looks at the clock, for guests that burn little fuel but make the host work. */
const CALLS_PER_LOOK = 64;

/** One run of one guest: what it asks of WASI, the fuel hook and the host ends here. */
export class Run implements WasiContext, SliceOwner, SuspensionOwner, LineOwner, Port, Caller {
  readonly #source: RunSource;
  readonly #task: Task;
  readonly #world: World;
  readonly #stdout: Lines;
  // Many runs write no log, and do not wait.
  #logs: Logs | undefined;
  #suspension: Suspension | undefined;
  #context: CallContext | undefined;
  #denied: Denied | undefined;
  #stop: Stop | undefined;
  #callsToLook = CALLS_PER_LOOK;
  #isDraining = false;

  /** The guest's memory. */
  readonly memory: GuestMemory;
  /** Host to guest. */
  readonly stdin: Pipe = new Pipe();
  /** What WASI handlers keep. */
  readonly state: WasiState;
  /** Fuel and time. */
  readonly slices: Slices;
  /** Requests and answers. */
  readonly conversation: Conversation;
  /** When the run is to end by itself, in ms of `now()`. */
  deadline: number;
  /** Whether the guest was made to trap, as the answer to something that it had asked for: it was not in the middle of anything. */
  killed = false;
  /** What the guest passed to `proc_exit`; `null` unless it did. */
  exitCode: number | null = null;
  /** Whether the wait that was asked for last is over already, and nothing is to be waited for. */
  skipped = false;
  /** What a host method threw last: the cause of the error that may come of it. */
  hostError: unknown;
  /** How often the guest has given up the thread because its slice was used up. */
  yields = 0;
  /** Bytes that the guest wrote to stdout. */
  stdoutBytes = 0;
  /** Bytes that the guest wrote to stderr. */
  stderrBytes = 0;

  /** Prepares a run of a guest with that memory; the request is in its stdin once it is sent by the conversation. */
  constructor(source: RunSource, task: Task, memory: GuestMemory) {
    const { limits, deterministic } = source.manifest;
    this.#source = source;
    this.#task = task;
    this.memory = memory;
    this.state = newState(this.nonblocking);
    this.deadline = task.startedAt + task.timeoutMs;
    this.slices = new Slices(this, source.sliceMs, task.fuel);
    this.#world = deterministic === undefined
      ? REAL_WORLD
      : new MadeUpWorld(deterministic, () => this.slices.burnt);
    this.conversation = new Conversation(task.request, task.requestId, source, this);
    this.#stdout = new Lines(limits.messageBytes, this);
    enterTurn();
  }

  /** Host methods and WASI functions that were refused, as far as {@linkcode Denied} keeps them. */
  get denied(): string[] {
    return this.#denied?.names ?? [];
  }

  /** Why the run was ended from outside, if it was. */
  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** Whether the guest is to end. */
  get stopped(): boolean {
    return this.#stop !== undefined;
  }

  /** Ends the run: the guest traps when it next asks the host for anything, fuel included. The first reason counts. */
  kill(stop: Stop): void {
    this.#stop ??= stop;
    this.slices.expire();
    if (this.#suspension?.stop()) this.killed = true;
    if (this.#isDraining) this.conversation.close();
  }

  /** The guest has ended: what it has asked for before is still to be served, unless the run is ended meanwhile. */
  drained(): Promise<void> | undefined {
    this.#isDraining = true;
    return this.conversation.drained();
  }

  /** Suspends the guest for what a handler has said; the shim calls it. Answers whether it is to go on. */
  suspend(): Promise<number> | number {
    if (this.stopped) {
      this.killed = true;
      return STOP;
    }
    const time = this.slices.suspend();
    // Before it waits: who asks for a turn must not be the one for whom the rest of this one is.
    leaveTurn(this.#source.sliceMs, time);
    return this.#suspension!.wait(this.deadline);
  }

  /** The guest has ended: hands out its last log lines, tells host methods that are still at work, and leaves nothing behind. */
  close(): void {
    this.conversation.close();
    this.#suspension?.close();
    this.#logs?.close();
    this.#context?.abort(this.#stop?.error);
    leaveTurn(this.#source.sliceMs, this.slices.suspend());
  }

  // Asked by the shim, around each WASI function.

  /** Notes whether that answer to the guest makes it trap. */
  answer(answer: number): number {
    if (answer === KILL) this.killed = true;
    return answer;
  }

  /** Counts a WASI call; now and then it makes the guest look at the clock soon. */
  countCall(): void {
    // How often a function is run again can be the clock's doing, and must not show in anything.
    if (this.state.pending !== undefined || --this.#callsToLook > 0) return;
    this.#callsToLook = CALLS_PER_LOOK;
    this.slices.expire();
  }

  /** Something threw in a WASI function, as a stack that the guest has used up does. */
  crashed(error: unknown): typeof KILL {
    this.#stop ??= { outcome: "trap", error };
    return KILL;
  }

  // Asked by WASI functions.

  get args(): readonly Uint8Array[] {
    return this.#task.environment.args;
  }

  get env(): readonly Uint8Array[] {
    return this.#task.environment.env;
  }

  get clock(): boolean | "coarse" {
    return this.#source.manifest.allow.clock;
  }

  get random(): boolean {
    return this.#source.manifest.allow.random;
  }

  get nonblocking(): boolean {
    return this.#source.manifest.stdin === "nonblocking";
  }

  write(stream: "stdout" | "stderr", bytes: Uint8Array): number {
    if (stream === "stdout") {
      this.stdoutBytes += bytes.length;
      this.#stdout.push(bytes);
    } else {
      this.stderrBytes += bytes.length;
      this.#logs ??= new Logs(this.#task.callId, this.#source);
      this.#logs.push(bytes);
      if (this.#logs.pending >= MANY_LOG_LINES) this.slices.exhaust();
    }
    return this.stopped ? KILL : 0;
  }

  wait({ stdin, host, at, turn }: Until): typeof WAIT {
    this.skipped = at !== undefined && this.#world.skipTo(at);
    const atMs = at === undefined ? undefined : Number(at) / 1e6;
    this.#suspension ??= new Suspension(this.#source.sliceMs, this);
    this.#suspension.prepare({ stdin, host, at: atMs, turn });
    return WAIT;
  }

  deny(name: string): void {
    this.#denied ??= new Denied();
    this.#denied.add(name);
  }

  exit(code: number): typeof KILL {
    this.exitCode = code;
    return KILL;
  }

  sliceUsed(): boolean {
    return this.slices.used;
  }

  hostBusy(): boolean {
    return this.conversation.busy;
  }

  monotonic(): bigint {
    return this.#world.monotonic();
  }

  realtime(): bigint {
    return this.#world.realtime();
  }

  resolution(clock: "monotonic" | "realtime"): bigint {
    return this.#world.resolution(clock);
  }

  fillRandom(into: Uint8Array<ArrayBuffer>): void {
    this.#world.fillRandom(into);
  }

  // Asked by the fuel account.

  now(): number {
    return now();
  }

  yield(): typeof WAIT {
    this.yields++;
    return this.wait({ turn: true });
  }

  overdue(): void {
    this.kill(overdue(this.#say, this.#task));
  }

  outOfFuel(): void {
    this.kill(outOfFuel(this.#say, this.#task));
  }

  // Asked by the conversation.

  send(message: string): void {
    this.stdin.push(message);
    // To write and encode a short one is not worth a look at the clock.
    if (message.length > LONG_MESSAGE) passTurn(this.#source.sliceMs, now());
    this.#suspension?.stdinChanged();
  }

  get messagesRead(): number {
    return this.stdin.messagesRead;
  }

  answered(): void {
    this.deadline = Math.min(this.deadline, now() + EXIT_GRACE_MS);
    this.stdin.end();
    this.#suspension?.stdinChanged();
  }

  idle(): void {
    this.#suspension?.hostIdle();
  }

  violated(what: string): void {
    // Even after the answer: who breaks the protocol cannot be believed to have answered.
    this.kill(this.#stop = protocolBroken(this.#say, what));
  }

  exceeded(code: LimitErrorCode, what: string, limit: number, value: number): void {
    this.kill(overLimit(this.#say, code, `${value} ${what} (limit ${limit})`, limit, value));
  }

  get context(): HostContext {
    return this.#context ??= new CallContext(this.#source, this.#task.callId);
  }

  hostFailed(error: unknown): void {
    this.hostError = error;
  }

  // Asked by the suspension, before the guest goes on.

  resume(afterTurn: boolean, time: number): void {
    enterTurn();
    this.slices.resume(afterTurn, time);
  }

  // Asked by what cuts stdout into lines.

  line(line: Uint8Array): void {
    // What else came with the line that ended the run is dropped: it may be a million lines.
    if (this.stopped) return;
    if (!isTooDeep(line)) return this.conversation.receive(line);
    this.violated(`the guest wrote a line of JSON with more than ${MAX_JSON_DEPTH} levels`);
  }

  lineTooLong(length: number): void {
    const what = "bytes in a line of the guest";
    this.exceeded("message_too_large", what, this.#source.manifest.limits.messageBytes, length);
  }

  get #say(): Say {
    return (what) => callMessage(this.#task.method, this.#source.plugin.name, what);
  }
}
