/**
 * The command line and the environment of a guest, by its manifest.
 *
 * @module
 */

import { CapabilityError, quote } from "../errors.ts";
import type { Manifest } from "../manifest.ts";

/** What a plugin's loader or caller says about a guest's surroundings. */
export interface Surroundings {
  /** Environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Command line arguments after `argv[0]`. */
  readonly args?: readonly string[];
}

/** What WASI gives a guest. */
export interface Environment {
  /** UTF-8, each with its final NUL. */
  readonly args: readonly Uint8Array[];
  /** `KEY=VALUE` in UTF-8, each with its final NUL. */
  readonly env: readonly Uint8Array[];
}

/** The most bytes of arguments and environment together, `argv[0]`, `KEY=` and the NUL of each included: a fixed ceiling. */
export const MAX_ENVIRONMENT_BYTES: number = 2 ** 20;

/**
 * The variables that every guest of a plugin sees: those that `allow.env` names, from `env` if it has them, else from the manifest.
 * `env` may hold more, as the environment of a process does.
 */
export function grantedEnv(
  manifest: Manifest,
  env: Surroundings["env"] = {},
): Record<string, string> {
  const granted: Record<string, string> = {};
  for (const name of manifest.allow.env) {
    const source = [env, manifest.env].find((each) => Object.hasOwn(each, name));
    if (source !== undefined) granted[name] = source[name];
  }
  return granted;
}

/**
 * The surroundings of a guest.
 *
 * @param message Makes the whole message of an error, from what is wrong.
 * @throws {CapabilityError} for a variable or an argument that the manifest does not grant, and if all are too long together.
 */
export function createEnvironment(
  manifest: Manifest,
  { env = {}, args = [] }: Surroundings,
  message: (what: string) => string,
): Environment {
  const { allow, name } = manifest;
  const refuse = (what: string) => new CapabilityError(message(what));
  for (const variable of Object.keys(env)) {
    if (!allow.env.includes(variable)) {
      throw refuse(`environment variable ${quote(variable)} is not in allow.env`);
    }
    if (env[variable].includes("\0")) throw refuse(`${quote(variable)} has a NUL in it`);
  }
  for (const arg of args) {
    if (!allow.args.includes(arg)) throw refuse(`argument ${quote(arg)} is not in allow.args`);
  }
  const environment = {
    args: [name, ...args].map(encode),
    env: Object.entries(env).map(([variable, value]) => encode(`${variable}=${value}`)),
  };
  const bytes = [...environment.args, ...environment.env]
    .reduce((sum, { length }) => sum + length, 0);
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    const what = `${bytes} bytes of arguments and environment`;
    throw refuse(`${what}, of which ${MAX_ENVIRONMENT_BYTES} are allowed`);
  }
  return environment;
}

const encoder = new TextEncoder();

function encode(text: string): Uint8Array {
  return encoder.encode(text + "\0");
}
