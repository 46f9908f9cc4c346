/**
 * Why a run, or a call before it, is ended from outside.
 *
 * @module
 */

import { type CallReport, LimitError, type LimitErrorCode, ProtocolError } from "../errors.ts";
import { now } from "../runtime.ts";
import type { Task } from "./task.ts";

/** Why a run was ended before its guest ended. */
export interface Stop {
  /** What the call's report says. */
  readonly outcome: CallReport["outcome"];
  /** What the call rejects with. */
  readonly error: unknown;
}

/** Makes the whole message of an error, from what went wrong. */
export type Say = (what: string) => string;

/** A limit was passed: `what` passed it. */
export function overLimit(
  say: Say,
  code: LimitErrorCode,
  what: string,
  limit: number,
  value: number,
): Stop {
  return { outcome: code, error: new LimitError(code, say(what), { limit, value }) };
}

/** The deadline has passed, be it `where` it may. */
export function overdue(say: Say, { startedAt, timeoutMs }: Task, where = ""): Stop {
  const elapsed = Math.round(now() - startedAt);
  const what = `deadline exceeded after ${elapsed} ms${where} (limit ${timeoutMs})`;
  return overLimit(say, "deadline_exceeded", what, timeoutMs, elapsed);
}

/** The fuel limit is reached. */
export function outOfFuel(say: Say, { fuel }: Task): Stop {
  const what = `out of fuel after ${fuel} units (limit ${fuel})`;
  return overLimit(say, "out_of_fuel", what, fuel, fuel);
}

/** The guest broke the protocol: `what` it did. */
export function protocolBroken(say: Say, what: string): Stop {
  return { outcome: "protocol", error: new ProtocolError(say(what)) };
}
