// The only file that names timers and the engine's stack switching: what differs between Deno, Bun
// and browsers, or could, is behind these few functions.

/**
 * Milliseconds on a clock that never goes back, with a fraction. Only differences mean anything.
 *
 * @example
 * ```ts
 * import { now } from "@wasm-plugin/rt";
 *
 * const start = now();
 * console.log(now() - start >= 0); // true
 * ```
 */
export function now(): number {
  return performance.now();
}

/** A timer that was started and may be cancelled. */
export interface Timer {
  /** Keeps the timer from firing; does nothing if it has fired. */
  cancel(): void;
}

// Engines take a longer delay for no delay.
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * Runs `fire` once, `ms` from now or a little later and never earlier. Any `ms` goes: zero and less
 * mean the next turn of the event loop, `Infinity` never.
 */
export function startTimer(ms: number, fire: () => void): Timer {
  const due = now() + ms;
  const arm = (left: number) =>
    setTimeout(tick, Math.min(Math.max(Math.ceil(left), 0), LONGEST_DELAY_MS));
  const tick = () => {
    const left = due - now();
    if (left > 0) handle = arm(left);
    else fire();
  };
  let handle = arm(ms);
  return { cancel: () => clearTimeout(handle) };
}

/**
 * Waits `ms` milliseconds, never less.
 *
 * @param ms zero and less mean one turn of the event loop; `NaN` is a `RangeError`
 * @param options `signal` ends the wait early: the promise rejects with `signal.reason`
 *
 * @example
 * ```ts
 * import { sleep } from "@wasm-plugin/rt";
 *
 * await sleep(10);
 * await sleep(60_000, { signal: AbortSignal.timeout(10) }).catch((reason) => reason.name); // "TimeoutError"
 * ```
 */
export function sleep(ms: number, options: { signal?: AbortSignal } = {}): Promise<void> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (Number.isNaN(ms)) throw new RangeError("Cannot sleep: ms is not a number");
    signal?.throwIfAborted();
    const timer = startTimer(ms, () => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    });
    const aborted = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

/**
 * Waits one turn of the event loop: timers that are due and I/O that has come run first.
 *
 * @example
 * ```ts
 * import { yieldNow } from "@wasm-plugin/rt";
 *
 * for (let i = 0; i < 1e6; i++) {
 *   if (i % 1e4 === 0) await yieldNow();
 * }
 * ```
 */
export function yieldNow(): Promise<void> {
  // A microtask would be cheaper, but it runs before any I/O does.
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The engine's JavaScript Promise Integration, which TypeScript's own types leave out. */
interface StackSwitching {
  Suspending?: new (run: (...args: never[]) => unknown) => WebAssembly.ImportValue;
  promising?: <A extends unknown[], R>(run: (...args: A) => R) => (...args: A) => Promise<R>;
}

const engine = (globalThis.WebAssembly ?? {}) as StackSwitching;

/** Whether a guest can be suspended here, that is, whether this package can run at all. */
export function hasSuspension(): boolean {
  return engine.Suspending !== undefined && engine.promising !== undefined;
}

/**
 * An import that suspends the guest until the promise of `run` settles. It suspends even if `run`
 * returns no promise. Needs {@linkcode hasSuspension}.
 */
export function suspending<A extends unknown[]>(
  run: (...args: A) => unknown,
): WebAssembly.ImportValue {
  return new engine.Suspending!(run);
}

/**
 * An export of a guest whose call may be suspended, as a function that returns a promise of its
 * result. Needs {@linkcode hasSuspension}.
 */
export function promising<A extends unknown[], R>(
  exported: (...args: A) => R,
): (...args: A) => Promise<R> {
  return engine.promising!(exported);
}

/**
 * What a relative path is relative to: the working directory in Deno, Bun and Node.js (where
 * Deno wants permission to read it), the address of the page or worker in a browser.
 */
export function baseUrl(): URL {
  // A browser bundle may hold a `process` too, but one without a version of Node.js.
  const { process, location } = globalThis as {
    process?: { cwd(): string; versions?: { node?: string } };
    location?: { href: string };
  };
  if (process?.versions?.node !== undefined) return directoryUrl(process.cwd());
  return new URL(location!.href);
}

/** The `file:` URL of an absolute directory (`/a/b` or `C:\\a\\b`), with a slash at its end. */
export function directoryUrl(path: string): URL {
  const drive = /^[A-Za-z]:/.exec(path)?.[0];
  const names = drive === undefined ? path.split("/") : path.slice(2).split("\\");
  const parts = names.filter((name) => name !== "").map((name) => `${encodeURIComponent(name)}/`);
  return new URL(`file:///${drive === undefined ? "" : `${drive}/`}${parts.join("")}`);
}
