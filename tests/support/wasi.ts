/**
 * A made-up run for testing WASI handlers: real memory, clocks that stand still until they are moved,
 * and a record of what the handlers asked of the host.
 *
 * @module
 */

import { EFAULT } from "../../lib/wasi/abi.ts";
import { toNanoseconds } from "../../lib/wasi/clock.ts";
import {
  KILL,
  newState,
  type Until,
  WAIT,
  type WasiContext,
  type WasiState,
} from "../../lib/wasi/context.ts";
import { Fault, GuestMemory } from "../../lib/wasi/memory.ts";
import { WASI_FUNCTIONS } from "../../lib/wasi/table.ts";

/** What a test may choose; all else is as for a guest that is granted everything. */
export interface FakeOptions {
  args?: readonly string[];
  env?: readonly string[];
  clock?: boolean | "coarse";
  random?: boolean;
  nonblocking?: boolean;
  /** What waits in stdin. */
  stdin?: string;
  /** Whether stdin has ended. */
  ended?: boolean;
  /** How large its memory is. */
  pages?: number;
  /** A memory to use again, since a new one is slow to make on some engines. */
  wasm?: WebAssembly.Memory;
}

const HANDLERS = new Map(WASI_FUNCTIONS.map(({ name, handler }) => [name, handler]));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A context whose host is the test. */
export class FakeContext implements WasiContext {
  readonly wasm: WebAssembly.Memory;
  readonly memory: GuestMemory;
  readonly args: readonly Uint8Array[];
  readonly env: readonly Uint8Array[];
  readonly clock: boolean | "coarse";
  readonly random: boolean;
  readonly nonblocking: boolean;
  readonly state: WasiState;
  readonly stdin: FakeStdin;

  /** What `monotonic()` answers, in ms. */
  nowMs = 1_000;
  /** What `realtime()` answers, in ms. */
  realtimeMs = 1_700_000_000_000;
  /** In what steps the clocks go on, in ns. */
  readonly steps = { monotonic: 1_000n, realtime: 1_000_000n };
  /** Whether `hostBusy()` says so. */
  busy = false;
  /** Whether `sliceUsed()` says so, and after how many more questions it begins to. */
  sliceUp = false;
  sliceQuestions = Infinity;
  /** From which written byte on `write()` answers `KILL`. */
  killAfter = Infinity;

  readonly written = { stdout: "", stderr: "" };
  writtenBytes = 0;
  /** What was waited for; times in ms, as those of the clocks. */
  readonly waits: (Omit<Until, "at"> & { at?: number })[] = [];
  readonly denied: string[] = [];
  exitCode: number | undefined;

  constructor(options: FakeOptions = {}) {
    const strings = (list: readonly string[] = []) => list.map((s) => encoder.encode(`${s}\0`));
    this.wasm = options.wasm ??
      new WebAssembly.Memory({ initial: options.pages ?? 1, maximum: 1024 });
    this.memory = new GuestMemory(this.wasm);
    this.args = strings(options.args);
    this.env = strings(options.env);
    this.clock = options.clock ?? true;
    this.random = options.random ?? true;
    this.nonblocking = options.nonblocking ?? false;
    this.state = newState(this.nonblocking);
    this.stdin = new FakeStdin(options.stdin ?? "", options.ended ?? false);
  }

  write(stream: "stdout" | "stderr", bytes: Uint8Array): number {
    this.writtenBytes += bytes.length;
    if (this.writtenBytes > this.killAfter) return KILL;
    if (this.written[stream].length < 1_000) this.written[stream] += decoder.decode(bytes);
    return 0;
  }

  wait(until: Until): typeof WAIT {
    const { at, ...others } = until;
    const inMs = at === undefined ? undefined : Number(at) / 1e6;
    this.waits.push("at" in until ? { ...others, at: inMs } : others);
    return WAIT;
  }

  deny(name: string): void {
    this.denied.push(name);
  }

  exit(code: number): typeof KILL {
    this.exitCode = code;
    return KILL;
  }

  sliceUsed(): boolean {
    return this.sliceUp || this.sliceQuestions-- <= 0;
  }

  hostBusy(): boolean {
    return this.busy;
  }

  monotonic(): bigint {
    return toNanoseconds(this.nowMs);
  }

  realtime(): bigint {
    return toNanoseconds(this.realtimeMs);
  }

  resolution(clock: "monotonic" | "realtime"): bigint {
    return this.steps[clock];
  }

  fillRandom(into: Uint8Array<ArrayBuffer>): void {
    crypto.getRandomValues(into);
  }

  /** Lets both clocks run for `ms`. */
  pass(ms: number): void {
    this.nowMs += ms;
    this.realtimeMs += ms;
  }

  /** Calls a WASI function as the guest's caller does, once: a `Fault` is `EFAULT`. */
  call(name: string, ...args: (number | bigint)[]): number {
    try {
      return HANDLERS.get(name)!(this, ...args);
    } catch (error) {
      if (error instanceof Fault) return EFAULT;
      throw error;
    }
  }

  /** Writes iovecs at `array`: pairs of pointer and length. */
  iovecs(array: number, ...vectors: readonly (readonly [ptr: number, length: number])[]): void {
    vectors.forEach(([ptr, length], i) => {
      this.memory.setU32(array + 8 * i, ptr);
      this.memory.setU32(array + 8 * i + 4, length);
    });
  }

  /** Writes `text` at `ptr`, without a NUL. */
  setText(ptr: number, text: string): void {
    this.memory.set(ptr, encoder.encode(text));
  }

  /** Reads `length` bytes at `ptr` as text. */
  text(ptr: number, length: number): string {
    return decoder.decode(this.memory.bytes(ptr, length).slice());
  }
}

/** Stdin that holds a text. */
export class FakeStdin {
  #bytes: Uint8Array;

  constructor(text: string, public ended: boolean) {
    this.#bytes = encoder.encode(text);
  }

  get available(): number {
    return this.#bytes.length;
  }

  push(text: string): void {
    this.#bytes = new Uint8Array([...this.#bytes, ...encoder.encode(text)]);
  }

  read(into: Uint8Array): number {
    const part = this.#bytes.subarray(0, into.length);
    into.set(part);
    this.#bytes = this.#bytes.subarray(part.length);
    return part.length;
  }
}

/** Pointers for which not even one byte is inside a memory of one page. */
export const BAD_POINTERS: readonly number[] = [0x1_0000, 0x7fff_ffff, -0x8000_0000, -4, -1];
