import { ExitError, LimitError, TrapError } from "../errors.ts";
import { type GuestEnd, PAGE_BYTES, type Slot } from "./instance.ts";
import type { Run } from "./run.ts";

/**
 * Why there is no result of a run that has ended, if there is none. What happens after the answer does not undo it, unless it breaks
 * the protocol.
 *
 * @param exitCode The guest's; `null` if it did not exit.
 * @param slot Where it ran.
 * @param limits Those of the manifest.
 * @param message Makes the whole message of an error, from what went wrong.
 */
export function failureOf(
  { stop, conversation }: Pick<Run, "stop" | "conversation">,
  { trap, growFailed, allocationFailed }: GuestEnd,
  exitCode: number | null,
  { pages, maxPages }: Pick<Slot, "pages" | "maxPages">,
  { memoryPages }: { readonly memoryPages: number },
  message: (what: string) => string,
): { readonly error: unknown } | undefined {
  const outOfMemory = (what: string, whose: string, limit: number, value: number) => ({
    error: new LimitError("memory_exceeded", message(`${what} (${whose} ${limit} pages)`), {
      limit,
      value,
    }),
  });

  if (stop?.outcome === "protocol") return stop;
  if (conversation.response !== undefined) return undefined;
  if (stop !== undefined && stop.outcome !== "trap") return stop;
  if (allocationFailed) {
    const bytes = memoryPages * PAGE_BYTES;
    const what =
      `the guest was refused more than ${bytes} bytes of structures, arrays and exceptions`;
    return outOfMemory(what, "limit", memoryPages, memoryPages);
  }
  if (growFailed && exitCode !== 0) {
    const whose = maxPages < memoryPages ? "its module's own limit" : "limit";
    const what = `the guest was refused more memory than ${pages} pages`;
    return outOfMemory(what, whose, maxPages, pages);
  }
  if (exitCode !== null) {
    const what = `the guest exited with code ${exitCode} before it answered`;
    return { error: new ExitError(message(what), exitCode) };
  }
  const cause = stop?.error ?? trap?.error;
  // What a guest throws in wasm is no error of JavaScript's, and says nothing.
  const why = cause instanceof Error ? cause.message : "it threw an exception and did not catch it";
  return { error: new TrapError(message(`the guest trapped: ${why}`), { cause }) };
}
