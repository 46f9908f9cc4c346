/**
 * How many memories there may be at a time, in all plugins of the process together.
 *
 * @module
 */

import { Queue } from "./queue.ts";

/** Far below what an engine can take, and far above what calls that wait for each other need; RATIONALE has the figures. */
const MOST_MEMORIES = 512;

/** Who keeps memories that no guest is using. */
export interface Keeper {
  /** How many. */
  readonly idle: number;
  /** Lets go of one of them. */
  drop(): void;
}

/** A bound on memories: those that guests use and those that are kept for the next ones. */
export class Ceiling {
  readonly #most: number;
  /** In the order in which they are asked to let go. A plugin that was forgotten without `close` must not live on in here. */
  readonly #keepers = new Set<WeakRef<Keeper>>();

  /** Guests with a memory. Whoever comes when there are too many waits for its turn, whatever its plugin. */
  readonly guests: Queue;

  /** @param most Memories that there may be. */
  constructor(most: number) {
    this.#most = most;
    this.guests = new Queue(most);
  }

  /** From now on `keeper` may be asked to let go. */
  add(keeper: Keeper): void {
    this.#keepers.add(new WeakRef(keeper));
  }

  /** Makes sure that there is room for the memory of a guest that is among {@linkcode guests}. */
  makeRoom(): void {
    let memories = this.guests.running;
    for (const reference of this.#keepers) {
      const keeper = reference.deref();
      if (keeper === undefined) this.#keepers.delete(reference);
      else memories += keeper.idle;
    }
    if (memories > this.#most) this.#dropOne();
  }

  #dropOne(): void {
    for (const reference of this.#keepers) {
      const keeper = reference.deref();
      if (keeper === undefined || keeper.idle === 0) continue;
      keeper.drop();
      // The next time it is another's turn.
      this.#keepers.delete(reference);
      this.#keepers.add(reference);
      return;
    }
  }
}

/** The one of this process. */
export const CEILING: Ceiling = new Ceiling(MOST_MEMORIES);
