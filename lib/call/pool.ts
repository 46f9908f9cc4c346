import type { GuestModule } from "../wasm/abi.ts";
import type { Ceiling, Keeper } from "./ceiling.ts";
import { Slot } from "./instance.ts";

/** Places for the guests of one module, kept for reuse. */
export class Pool implements Keeper {
  readonly #guest: GuestModule;
  readonly #ceiling: Ceiling;
  /** Places that nobody is in, with a memory that is all zero. */
  readonly #furnished: Slot[] = [];
  /** Such places without a memory. */
  readonly #bare: Slot[] = [];
  #closed = false;

  /** @param ceiling What the memories count against. */
  constructor(guest: GuestModule, ceiling: Ceiling) {
    this.#guest = guest;
    this.#ceiling = ceiling;
    ceiling.add(this);
  }

  /** Places with a memory that nobody is in. */
  get idle(): number {
    return this.#furnished.length;
  }

  /**
   * A place whose memory is all zero, for somebody who is among the ceiling's guests.
   *
   * @throws {RangeError} The engine has no memory left.
   */
  acquire(): Slot {
    const furnished = this.#furnished.pop();
    if (furnished !== undefined) return furnished;
    this.#ceiling.makeRoom();
    const slot = this.#bare.pop() ?? new Slot(this.#guest);
    slot.furnish();
    return slot;
  }

  /**
   * Gives a place back.
   *
   * @param intact Whether its guest has come to its own end, and so its memory may serve another one.
   */
  release(slot: Slot, intact: boolean): void {
    if (this.#closed) return;
    if (intact && slot.clean()) {
      this.#furnished.push(slot);
    } else {
      slot.strip();
      this.#bare.push(slot);
    }
  }

  /** Lets go of the memory that was not in use for longest, if there is one. */
  drop(): void {
    const slot = this.#furnished.shift();
    if (slot === undefined) return;
    slot.strip();
    this.#bare.push(slot);
  }

  /** Lets go of all places. */
  close(): void {
    this.#closed = true;
    this.#furnished.length = this.#bare.length = 0;
  }
}
