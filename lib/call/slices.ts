import { KILL, type WAIT } from "../wasi/context.ts";

/** Fuel that a guest gets at once: some tenths of a millisecond in optimised code, a few milliseconds where it is interpreted. */
const RATION = 250_000;
/** A wait shorter than this may not have let the event loop turn, so it does not make the slice longer. */
const SHORT_WAIT_MS = 1;

/** What {@linkcode Slices.refuel} asks of the run that it belongs to. */
export interface SliceOwner {
  /** Monotonic ms. */
  now(): number;
  /** Whether the run is to end. */
  readonly stopped: boolean;
  /** When the run is to end by itself, in ms of `now()`. */
  readonly deadline: number;
  /** The deadline has passed. */
  overdue(): void;
  /** The fuel limit is reached. */
  outOfFuel(): void;
  /** Records that the guest waits for a turn. */
  yield(): typeof WAIT;
}

/** The fuel account and the slice clock of one run. Fuel is given in rations; whenever one is used up, the clock is looked at. */
export class Slices {
  readonly #owner: SliceOwner;
  readonly #sliceMs: number;
  readonly #limit: number;
  /** The guest's global with the fuel left; none before the guest is instantiated. */
  #left: { value: number } | undefined;
  #given = 0;
  #start = 0;
  #suspendedAt = 0;
  #guestMs = 0;
  #runningSince: number | undefined;
  /** Whether the guest has had a turn, and no fuel since. */
  #hadTurn = false;

  /** @param limit Fuel that the run may burn, `Infinity` for any amount. */
  constructor(owner: SliceOwner, sliceMs: number, limit: number) {
    this.#owner = owner;
    this.#sliceMs = sliceMs;
    this.#limit = limit;
  }

  /** Begins the account on a fresh guest, and its first slice. */
  start(left: { value: number }): void {
    this.#left = left;
    this.#given = left.value = Math.min(RATION, this.#limit);
    this.#start = this.#runningSince = this.#owner.now();
  }

  /** Fuel burnt: exact while the guest is in a call to the host and when it has returned; without its last segments after a trap. */
  get burnt(): number {
    if (this.#left === undefined) return 0;
    // What goes beyond the limit was refused and has not run.
    return Math.min(this.#given - this.#left.value, this.#limit);
  }

  /** Time that the guest has run, in ms. */
  get guestMs(): number {
    const current = this.#runningSince === undefined ? 0 : this.#owner.now() - this.#runningSince;
    return this.#guestMs + current;
  }

  /** Whether the slice is used up. */
  get used(): boolean {
    return this.#owner.now() - this.#start >= this.#sliceMs;
  }

  /** The refuel hook: 0 to go on, `WAIT` to yield first, `KILL` to stop. */
  refuel(): number {
    const owner = this.#owner;
    if (owner.stopped) return KILL;
    const left = this.#left!;
    const burnt = this.#given - left.value;
    if (burnt > this.#limit) {
      owner.outOfFuel();
      return KILL;
    }
    const now = owner.now();
    if (now >= owner.deadline) {
      owner.overdue();
      return KILL;
    }
    left.value = Math.min(RATION, this.#limit - burnt);
    this.#given = burnt + left.value;
    const goesOn = this.#hadTurn || now - this.#start < this.#sliceMs;
    this.#hadTurn = false;
    return goesOn ? 0 : owner.yield();
  }

  /** The slice counts as used up. */
  exhaust(): void {
    this.#start = -Infinity;
    this.expire();
  }

  /** Takes the ration back, so that the guest calls {@linkcode refuel} at its next check. What it has burnt stays the same. */
  expire(): void {
    if (this.#left === undefined || this.#left.value < 0) return;
    this.#given -= this.#left.value + 1;
    this.#left.value = -1;
  }

  /** The guest no longer runs; answers from when on. */
  suspend(): number {
    const now = this.#suspendedAt = this.#owner.now();
    if (this.#runningSince !== undefined) this.#guestMs += now - this.#runningSince;
    this.#runningSince = undefined;
    return now;
  }

  /** The guest runs again, from `time` on: `afterTurn` of the event loop, or because what it waited for has come. */
  resume(afterTurn: boolean, time: number): void {
    this.#runningSince = time;
    const waited = time - this.#suspendedAt;
    // The hook asks again after the turn, and if that alone takes longer than a slice, the guest would never go on.
    this.#hadTurn = afterTurn;
    if (afterTurn) this.#start = time;
    else if (waited > SHORT_WAIT_MS) this.#start += waited;
  }
}
