/**
 * Counts what calls take from the engine and have not given back: timers, suspended stacks, listeners, memories.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What is not given back. */
export interface Held {
  /** Timers that have neither fired nor been cleared. */
  timers: number;
  /** Guests that were started and have not ended. */
  guests: number;
  /** Stacks that wait for a promise. */
  stacks: number;
  /** Listeners of abort signals. */
  listeners: number;
}

type Method = (...args: never[]) => unknown;
type Suspending = new (run: (...args: unknown[]) => unknown) => object;

const engine = WebAssembly as unknown as {
  Suspending: Suspending;
  promising: (run: Method) => (...args: never[]) => Promise<unknown>;
  Memory: typeof WebAssembly.Memory;
};

/** Puts itself between the engine and all who use it, until it is disposed of. */
export class Watch implements Disposable {
  readonly #timers = new Set<unknown>();
  readonly #guests = new Set<Promise<unknown>>();
  readonly #stacks = new Set<Promise<unknown>>();
  #listeners = 0;
  readonly #objects: WeakRef<object>[] = [];
  readonly #restore: (() => void)[] = [];

  constructor() {
    this.#watchTimers();
    this.#watchStacks();
    this.#watchListeners();
  }

  /** What is held now. */
  get held(): Held {
    return {
      timers: this.#timers.size,
      guests: this.#guests.size,
      stacks: this.#stacks.size,
      listeners: this.#listeners,
    };
  }

  /** Counts `object` among those that are to be let go of. */
  track<T extends object>(object: T): T {
    this.#objects.push(new WeakRef(object));
    return object;
  }

  /** How many memories, promises of guests and tracked objects there have been. */
  get tracked(): number {
    return this.#objects.length;
  }

  /** How many memories, promises of guests, and tracked objects there are that the collector does not take. */
  async reachable(): Promise<number> {
    const count = () => this.#objects.filter((object) => object.deref() !== undefined).length;
    // Weak references hold until the end of the turn, and some objects take more than one collection.
    for (let left = 5; left > 0 && count() > 0; left--) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      collect();
    }
    return count();
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore) restore();
  }

  #replace<T extends object, K extends keyof T>(owner: T, key: K, make: (original: T[K]) => T[K]) {
    const original = owner[key];
    owner[key] = make(original);
    this.#restore.push(() => owner[key] = original);
  }

  #watchTimers(): void {
    const timers = this.#timers;
    this.#replace(globalThis, "setTimeout", (original) =>
      ((fire: () => void, ms?: number) => {
        const handle = original(() => {
          timers.delete(handle);
          fire();
        }, ms);
        timers.add(handle);
        return handle;
      }) as typeof setTimeout);
    this.#replace(globalThis, "clearTimeout", (original) => (handle) => {
      timers.delete(handle);
      original(handle);
    });
  }

  #watchStacks(): void {
    const track = <T extends object>(object: T) => this.track(object);
    const count = (set: Set<Promise<unknown>>, promise: Promise<unknown>) => {
      const settled = () => void set.delete(promise);
      set.add(promise);
      promise.then(settled, settled);
      return track(promise);
    };
    const guests = this.#guests, stacks = this.#stacks;
    this.#replace(engine, "promising", (original) => (run) => {
      const promised = original(run);
      return (...args) => count(guests, promised(...args));
    });
    this.#replace(engine, "Suspending", (original) =>
      class {
        constructor(run: (...args: unknown[]) => unknown) {
          return new original((...args) => {
            const answer = run(...args);
            return answer instanceof Promise ? count(stacks, answer) : answer;
          });
        }
      });
    this.#replace(engine, "Memory", (original) =>
      class {
        constructor(type: WebAssembly.MemoryDescriptor) {
          return track(new original(type));
        }
      } as typeof WebAssembly.Memory);
  }

  #watchListeners(): void {
    const counting = (step: number) => (original: Method): Method => {
      const count = () => this.#listeners += step;
      return function (this: AbortSignal, ...args) {
        count();
        return original.apply(this, args);
      };
    };
    const signals = AbortSignal.prototype as unknown as Record<string, Method>;
    this.#replace(signals, "addEventListener", counting(1));
    this.#replace(signals, "removeEventListener", counting(-1));
  }
}

/** Collects garbage now: each engine has its own way to be asked. */
const collect: () => void = (() => {
  const bun = Reflect.get(globalThis, "Bun") as { gc(force: boolean): void } | undefined;
  if (bun !== undefined) return () => bun.gc(true);
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
})();
