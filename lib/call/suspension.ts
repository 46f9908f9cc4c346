import { now, startTimer, type Timer } from "../runtime.ts";
import type { Until } from "../wasi/context.ts";
import { awaitTurn, cancelTurn } from "./turns.ts";

/** What the shim's `wait` answers to its guest. */
export const GO_ON = 0, STOP = 1;

/** What ends a wait: as a WASI handler has said, with `at` in ms of `now()`. */
export type Wait = Omit<Until, "at"> & { readonly at?: number };

/** The waits of one guest. At most one is under way; it always ends, for a stack that is never resumed is never freed. */
export class Suspension {
  readonly #onResume: (afterTurn: boolean) => void;
  readonly #onDeadline: () => void;
  #until: Wait = {};
  #settle: ((answer: number) => void) | undefined;
  #timer: Timer | undefined;
  #deadlineTimer: Timer | undefined;
  #deadlineTimerAt = Infinity;

  /**
   * @param onResume Called just before the guest goes on, with whether it has waited for a turn of the event loop.
   * @param onDeadline Called when the deadline has passed while the guest waits, or waited; it sees to the guest's end.
   */
  constructor(onResume: (afterTurn: boolean) => void, onDeadline: () => void) {
    this.#onResume = onResume;
    this.#onDeadline = onDeadline;
  }

  /** Says what the next {@linkcode wait} is for. */
  prepare(until: Wait): void {
    this.#until = until;
  }

  /** Waits, until what was prepared has come, at most until {@linkcode stop}. `deadline` is in ms of `now()`. */
  wait(deadline: number): Promise<number> {
    const { at, turn } = this.#until;
    if (turn) awaitTurn(this.#turned);
    if (at !== undefined && at < deadline) this.#timer = startTimer(at - now(), this.#timedOut);
    // The timer is kept for the waits to come, since most calls that wait once do so often.
    if (deadline < this.#deadlineTimerAt) {
      this.#deadlineTimer?.cancel();
      this.#deadlineTimer = startTimer(deadline - now(), this.#onDeadline);
      this.#deadlineTimerAt = deadline;
    }
    return new Promise((resolve) => this.#settle = resolve);
  }

  /** Stdin has something to read, or has ended. */
  stdinChanged(): void {
    if (this.#until.stdin) this.#end(GO_ON, false);
  }

  /** The host has nothing left to do for the guest. */
  hostIdle(): void {
    if (this.#until.host) this.#end(GO_ON, false);
  }

  /** The guest is to trap instead of going on. */
  stop(): void {
    this.#end(STOP, false);
  }

  /** No wait will come. */
  close(): void {
    this.#deadlineTimer?.cancel();
  }

  readonly #turned = (): void => this.#end(GO_ON, true);
  readonly #timedOut = (): void => this.#end(GO_ON, false);

  #end(answer: number, afterTurn: boolean): void {
    const settle = this.#settle;
    if (settle === undefined) return;
    this.#settle = undefined;
    this.#timer?.cancel();
    if (this.#until.turn) cancelTurn(this.#turned);
    this.#onResume(afterTurn);
    settle(answer);
  }
}
