import { now, startTimer, type Timer } from "../runtime.ts";
import type { Until } from "../wasi/context.ts";
import { awaitTurn, cancelTurn, isCrowded } from "./turns.ts";

/** What the shim's `wait` answers to its guest. */
export const GO_ON = 0, STOP = 1;

/** What ends a wait: as a WASI handler has said, with `at` in ms of `now()`. */
export type Wait = Omit<Until, "at"> & { readonly at?: number };

/** Who waits. */
export interface SuspensionOwner {
  /** The guest is about to go on, at `time` of `now()`, and may have waited for a turn. */
  resume(afterTurn: boolean, time: number): void;
  /** The deadline has passed while the guest waits, or waited; the owner sees to the guest's end. */
  overdue(): void;
}

const NEXT_TURN: Wait = { turn: true };

/** The waits of one guest. At most one is under way; it always ends, for a stack that is never resumed is never freed. */
export class Suspension {
  readonly #sliceMs: number;
  readonly #owner: SuspensionOwner;
  #until: Wait = {};
  #settle: ((answer: number) => void) | undefined;
  #timer: Timer | undefined;
  #deadlineTimer: Timer | undefined;
  #deadlineTimerAt = Infinity;

  /** @param sliceMs Ms that guests may run in a turn of the event loop. */
  constructor(sliceMs: number, owner: SuspensionOwner) {
    this.#sliceMs = sliceMs;
    this.#owner = owner;
  }

  /** Says what the next {@linkcode wait} is for. */
  prepare(until: Wait): void {
    this.#until = until;
  }

  /** Waits, until what was prepared has come, at most until {@linkcode stop}. `deadline` is in ms of `now()`. */
  wait(deadline: number): Promise<number> {
    const { at, turn } = this.#until;
    if (turn) awaitTurn(this.#turned, this.#sliceMs);
    if (at !== undefined && at < deadline) this.#timer = startTimer(at - now(), this.#arrived);
    // The timer is kept for the waits to come, since most calls that wait once do so often.
    if (deadline < this.#deadlineTimerAt) {
      this.#deadlineTimer?.cancel();
      this.#deadlineTimer = startTimer(deadline - now(), () => this.#owner.overdue());
      this.#deadlineTimerAt = deadline;
    }
    return new Promise((resolve) => this.#settle = resolve);
  }

  /** Stdin has something to read, or has ended. */
  stdinChanged(): void {
    if (this.#until.stdin) this.#arrived();
  }

  /** The host has nothing left to do for the guest. */
  hostIdle(): void {
    if (this.#until.host) this.#arrived();
  }

  /** The guest is to trap instead of going on. Answers whether it waits, and so will. */
  stop(): boolean {
    if (this.#settle === undefined) return false;
    this.#end(STOP, false, now());
    return true;
  }

  /** No wait will come; one that did not get as far as to suspend the guest is over. */
  close(): void {
    this.#deadlineTimer?.cancel();
    this.#timer?.cancel();
    if (this.#until.turn) cancelTurn(this.#turned);
    this.#settle = undefined;
  }

  readonly #turned = (): void => this.#end(GO_ON, true, now());

  /** What was waited for has come; in a turn that is used up, the guest waits for the next one. */
  readonly #arrived = (): void => {
    if (this.#settle === undefined) return;
    const time = now();
    // Its timer may have had no turn to come in.
    if (time >= this.#deadlineTimerAt) return this.#owner.overdue();
    if (!isCrowded(this.#sliceMs, time)) return this.#end(GO_ON, false, time);
    this.#timer?.cancel();
    if (!this.#until.turn) awaitTurn(this.#turned, this.#sliceMs);
    this.#until = NEXT_TURN;
  };

  #end(answer: number, afterTurn: boolean, time: number): void {
    const settle = this.#settle;
    if (settle === undefined) return;
    this.#settle = undefined;
    this.#timer?.cancel();
    if (this.#until.turn) cancelTurn(this.#turned);
    this.#owner.resume(afterTurn, time);
    settle(answer);
  }
}
