import { quote } from "../errors.ts";
import type { Limits } from "../manifest.ts";

/** What a caller may set for one call. Each only narrows what the manifest grants. */
export interface CallOptions {
  /** Ends the call when it aborts; the call rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Ms that the call may take, if that is less than the manifest's `limits.timeoutMs`. */
  readonly timeoutMs?: number;
  /** Fuel that the guest may burn in units, if that is less than the manifest's `limits.fuel`. */
  readonly fuel?: number;
  /** Environment variables over those of the plugin. A name that is not in `allow.env` is a `CapabilityError`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments in place of those of the plugin. One that is not in `allow.args` is a `CapabilityError`. */
  readonly args?: readonly string[];
}

const OPTIONS = new Set(["signal", "timeoutMs", "fuel", "env", "args"]);

/**
 * Throws a `TypeError` for an option that there is not.
 *
 * @param message Makes the whole message of an error, from what is wrong.
 */
export function checkOptions(options: CallOptions, message: (what: string) => string): void {
  for (const key of Object.keys(options)) {
    if (!OPTIONS.has(key)) throw new TypeError(message(`unknown option ${quote(key)}`));
  }
}

/** The lower of a caller's figure and the manifest's: `Infinity` if neither has one. */
export function narrowed(
  options: CallOptions,
  limits: Limits,
  name: "timeoutMs" | "fuel",
): number {
  const { [name]: limit = Infinity } = limits;
  const { [name]: wanted } = options;
  if (wanted === undefined) return limit;
  if (typeof wanted !== "number" || !(wanted >= 0)) {
    throw new TypeError(`Cannot make the call: option ${name} must be a number from 0 on`);
  }
  // There is no half unit of fuel.
  return Math.min(name === "fuel" ? Math.floor(wanted) : wanted, limit);
}
