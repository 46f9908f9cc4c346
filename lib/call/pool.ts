import type { GuestModule } from "../wasm/abi.ts";
import { Slot } from "./instance.ts";

/** Places for the guests of one module, kept for reuse: a new memory costs more than a zeroed one, in some engines by far. */
export class Pool {
  readonly #guest: GuestModule;
  readonly #most: number;
  readonly #free: Slot[] = [];
  #closed = false;

  /** @param most Free places to keep. */
  constructor(guest: GuestModule, most: number) {
    this.#guest = guest;
    this.#most = most;
  }

  /** A place whose memory is all zero. */
  acquire(): Slot {
    return this.#free.pop() ?? new Slot(this.#guest);
  }

  /** Gives a place back, unless its guest may have left it in disorder. */
  release(slot: Slot): void {
    if (!this.#closed && this.#free.length < this.#most && slot.clean()) this.#free.push(slot);
  }

  /** Lets go of all places. */
  close(): void {
    this.#closed = true;
    this.#free.length = 0;
  }
}
