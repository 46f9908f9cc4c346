import { ExitError, LimitError, reasonOf, TrapError } from "../errors.ts";
import { type GuestEnd, PAGE_BYTES } from "./instance.ts";
import type { Stop } from "./stop.ts";

/** How a run has ended. */
export interface Ending {
  /** How its guest has. */
  readonly end: Omit<GuestEnd, "profile">;
  /** Why it was ended from outside, if it was. */
  readonly stop: Stop | undefined;
  /** Whether the guest had answered. */
  readonly answered: boolean;
  /** The guest's exit code; `null` if it did not exit. */
  readonly exitCode: number | null;
  /** Pages of its memory. */
  readonly pages: number;
  /** The most that it could have. */
  readonly maxPages: number;
  /** The manifest's limit. */
  readonly memoryPages: number;
}

/**
 * Why there is no result of a run, if there is none. What happens after the answer does not undo it, unless it breaks the protocol.
 *
 * @param message Makes the whole message of an error, from what went wrong.
 */
export function failureOf(
  ending: Ending,
  message: (what: string) => string,
): { readonly error: unknown } | undefined {
  const { end, stop, exitCode, pages, maxPages, memoryPages } = ending;
  const outOfMemory = (what: string, whose: string, limit: number, value: number) => ({
    error: new LimitError("memory_exceeded", message(`${what} (${whose} ${limit} pages)`), {
      limit,
      value,
    }),
  });

  if (stop?.outcome === "protocol") return stop;
  if (ending.answered) return undefined;
  if (stop !== undefined && stop.outcome !== "trap") return stop;
  if (end.allocationFailed) {
    const bytes = memoryPages * PAGE_BYTES;
    const what =
      `the guest was refused more than ${bytes} bytes of structures, arrays and exceptions`;
    return outOfMemory(what, "limit", memoryPages, memoryPages);
  }
  if (end.growFailed && exitCode !== 0) {
    const whose = maxPages < memoryPages ? "its module's own limit" : "limit";
    const what = `the guest was refused more memory than ${pages} pages`;
    return outOfMemory(what, whose, maxPages, pages);
  }
  if (exitCode !== null) {
    const what = `the guest exited with code ${exitCode} before it answered`;
    return { error: new ExitError(message(what), exitCode) };
  }
  const cause = stop?.error ?? end.trap?.error;
  // What a guest throws in wasm is no error of JavaScript's, and says nothing.
  const why = cause instanceof Error
    ? reasonOf(cause)
    : "it threw an exception and did not catch it";
  return { error: new TrapError(message(`the guest trapped: ${why}`), { cause }) };
}
