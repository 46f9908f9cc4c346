/**
 * What the host does for guests while they wait, piece by piece. Where a turn of the event loop is used up, a piece waits for one to
 * come, behind all that wait already, of whatever call: else guests could have the host do one thing after another.
 *
 * @module
 */

import { now } from "../runtime.ts";
import { awaitTurn, cancelTurn, mustWait, passTurn } from "./turns.ts";

/** Pieces that wait, of all calls. */
let waitingPieces = 0;

/** What the host does for one call. */
export class Work {
  readonly #sliceMs: number;
  /** Those that wait for a turn; in most calls none ever does. */
  #waiting: Set<() => void> | undefined;
  #onDrained: (() => void) | undefined;
  #closed = false;

  /** @param sliceMs Ms that guests may run, and the host work for them, in a turn of the event loop. */
  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** Whether the call has ended. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether what is to be done now has to be done {@linkcode later}. */
  get mustWait(): boolean {
    return !this.#closed && (waitingPieces > 0 || mustWait(this.#sliceMs));
  }

  /** Does `piece` in a turn to come; at once if the call ends before. */
  later<T>(piece: () => T | PromiseLike<T>): Promise<T> {
    waitingPieces++;
    const waiting = this.#waiting ??= new Set();
    const turn = new Promise<void>((resolve) => {
      const resume = () => {
        waiting.delete(resume);
        resolve();
        if (waiting.size === 0) this.#onDrained?.();
      };
      waiting.add(resume);
      awaitTurn(resume, this.#sliceMs);
    });
    return turn.then(() => {
      waitingPieces--;
      return piece();
    });
  }

  /** A piece is done that may have taken long. */
  passTurn(): void {
    passTurn(this.#sliceMs, now());
  }

  /** Resolves when nothing waits for a turn; `undefined` if nothing does. */
  drained(): Promise<void> | undefined {
    if (!this.#waiting?.size) return undefined;
    return new Promise((resolve) => this.#onDrained = resolve);
  }

  /** The call has ended: nothing waits any more. */
  close(): void {
    this.#closed = true;
    for (const resume of this.#waiting ?? []) {
      cancelTurn(resume);
      resume();
    }
  }
}
