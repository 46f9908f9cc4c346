// Why a call has no result: of what a guest leaves when it ends, which thing counts.
import { assertEquals, assertStrictEquals } from "@std/assert";
import { type Ending, failureOf } from "../../lib/call/failure.ts";
import type { Stop } from "../../lib/call/stop.ts";
import { PluginError } from "../../lib/errors.ts";

const TRAP = { error: new WebAssembly.RuntimeError("unreachable") };
const THROWN = { error: { not: "an Error" } };

interface Row {
  readonly name: string;
  readonly end?: Partial<Ending["end"]>;
  readonly stop?: Stop["outcome"];
  readonly answered?: true;
  readonly exitCode?: number;
  /** The most pages of the guest's memory, if not the limit. */
  readonly maxPages?: number;
  /** What is to come of it; `"stop"`: the error of the stop itself, `undefined`: no failure. */
  readonly expected: undefined | "stop" | Readonly<Record<string, unknown>>;
}

const trapped = { code: "trap", message: "the guest trapped: unreachable", cause: TRAP.error };
const refused = { growFailed: true };

const ROWS: Row[] = [
  { name: "an answer and an end", answered: true, exitCode: 0, expected: undefined },
  { name: "an answer, then a trap", answered: true, end: { trap: TRAP }, expected: undefined },
  { name: "an answer, then exit code 3", answered: true, exitCode: 3, expected: undefined },
  { name: "an answer, then a limit", answered: true, stop: "out_of_fuel", expected: undefined },
  { name: "an answer, then nonsense", answered: true, stop: "protocol", expected: "stop" },
  { name: "a limit", stop: "out_of_fuel", end: { trap: TRAP }, expected: "stop" },
  { name: "a signal", stop: "aborted", end: { trap: TRAP, ...refused }, expected: "stop" },
  { name: "a trap", end: { trap: TRAP }, expected: trapped },
  {
    name: "a trap that a WASI function made",
    stop: "trap",
    end: { trap: TRAP },
    expected: { code: "trap", message: "the guest trapped: the stop's own error" },
  },
  {
    name: "an exception",
    end: { trap: THROWN },
    expected: {
      code: "trap",
      message: "the guest trapped: it threw an exception and did not catch it",
      cause: THROWN.error,
    },
  },
  {
    name: "an end without an answer",
    exitCode: 0,
    expected: {
      code: "exit",
      message: "the guest exited with code 0 before it answered",
      exitCode: 0,
    },
  },
  { name: "exit code 3", exitCode: 3, expected: { code: "exit", exitCode: 3 } },
  {
    name: "memory refused, then a trap",
    end: { trap: TRAP, ...refused },
    expected: {
      code: "memory_exceeded",
      message: "the guest was refused more memory than 7 pages (limit 10 pages)",
      limit: 10,
      value: 7,
    },
  },
  {
    name: "memory refused, then exit code 1",
    end: refused,
    exitCode: 1,
    expected: { code: "memory_exceeded", limit: 10, value: 7 },
  },
  {
    name: "memory refused, then an end as if nothing were",
    end: refused,
    exitCode: 0,
    expected: { code: "exit", exitCode: 0 },
  },
  {
    name: "memory refused by the module's own limit",
    end: { trap: TRAP, ...refused },
    maxPages: 8,
    expected: {
      code: "memory_exceeded",
      message: "the guest was refused more memory than 7 pages (its module's own limit 8 pages)",
      limit: 8,
      value: 7,
    },
  },
  {
    name: "structures refused",
    end: { trap: TRAP, allocationFailed: true },
    expected: {
      code: "memory_exceeded",
      message:
        "the guest was refused more than 655360 bytes of structures, arrays and exceptions " +
        "(limit 10 pages)",
      limit: 10,
      value: 10,
    },
  },
];

for (
  const { name, end, stop, answered = false, exitCode = null, maxPages = 10, expected } of ROWS
) {
  Deno.test(`failure: ${name}`, () => {
    const stopped = stop && { outcome: stop, error: new Error("the stop's own error") };
    const failure = failureOf({
      end: { trap: undefined, growFailed: false, allocationFailed: false, ...end },
      stop: stopped,
      answered,
      exitCode,
      pages: 7,
      maxPages,
      memoryPages: 10,
    }, (what) => what);
    if (typeof expected !== "object") {
      return assertStrictEquals(failure, expected === "stop" ? stopped : undefined);
    }
    const error = failure!.error as PluginError & Record<string, unknown>;
    assertEquals(error instanceof PluginError, true);
    for (const [key, value] of Object.entries(expected)) assertEquals(error[key], value, key);
  });
}
