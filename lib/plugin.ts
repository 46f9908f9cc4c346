import { Call, type CallSource } from "./call/call.ts";
import type { CallOptions } from "./call/call_options.ts";
import { CEILING, type Ceiling } from "./call/ceiling.ts";
import { createEnvironment, grantedEnv } from "./call/environment.ts";
import { EXACT_JSON } from "./call/exact_json.ts";
import { Pool } from "./call/pool.ts";
import { Queue } from "./call/queue.ts";
import { createDispatcher } from "./call/dispatcher.ts";
import { type CallReport, loadMessage, quote } from "./errors.ts";
import { compileGrant, type Host, type HostMethods, type LogEntry, toHost } from "./host.ts";
import { loadManifest, loadModule, type WasmInput } from "./load.ts";
import type { Manifest, ManifestInput } from "./manifest.ts";
import type { GuestModule } from "./wasm/abi.ts";

export type { CallOptions } from "./call/call_options.ts";
export type { WasmInput } from "./load.ts";

/** What {@linkcode loadPlugin} is told besides the manifest. */
export interface PluginOptions {
  /** The methods that guests may call as far as the manifest grants them: a record of functions, or `createHost(…)`. */
  readonly host?: Host | HostMethods;
  /** The module, in place of what the manifest's `wasm` says: bytes, a response, or a URL. */
  readonly wasm?: WasmInput;
  /** Environment variables over the manifest's. Guests see those that `allow.env` names. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments in place of the manifest's. Each must be in `allow.args`. */
  readonly args?: readonly string[];
  /** Gets what guests write to stderr, line by line. Without it, lines go to `console.error` after the plugin's name. */
  readonly onLog?: (entry: LogEntry) => void;
  /** Identity of the plugin in logs and host methods; a UUID unless given. */
  readonly id?: string;
  /** Ms that a guest may run between two turns of the event loop. Default: 8. */
  readonly sliceMs?: number;
  /**
   * Whether integers beyond ±(2^53 − 1) are kept exact. They are then `BigInt`s where a guest wrote them (results, the data of
   * errors, params of host methods), and `BigInt`s are sent as integers (params, results of host methods, the data of their
   * errors). Safe integers are numbers in any case. Without it such integers are rounded, and a `BigInt` cannot be sent.
   */
  readonly bigint?: boolean;
  /** Have the report of each call say what each function of the guest burnt. Calls take longer, and burn the same. Default: false. */
  readonly profile?: boolean;
  /** What a relative path is relative to: that of the manifest, or those in a manifest that is given as an object. */
  readonly base?: string | URL;
}

const OPTIONS = new Set([
  "host",
  "wasm",
  "env",
  "args",
  "onLog",
  "id",
  "sliceMs",
  "bigint",
  "profile",
  "base",
]);
const DEFAULT_SLICE_MS = 8;

/**
 * Loads a plugin: reads its manifest, fetches its module, checks it against the manifest, meters and compiles it.
 *
 * @param source Path or URL of a manifest, or a manifest.
 * @throws {ManifestError} The manifest is not one.
 * @throws {LoadError} The module cannot be fetched, is not what the manifest says, is refused, or cannot run here.
 * @throws {CapabilityError} One of `options.args` is not in `allow.args`.
 *
 * @example
 * ```ts
 * import { loadPlugin } from "@wasm-plugin/rt";
 *
 * await using plugin = await loadPlugin("./manifests/test-plugin.json", {
 *   host: { echo: (params) => params },
 * });
 * console.log(await plugin.call("ping")); // pong
 * ```
 */
export async function loadPlugin(
  source: string | URL | ManifestInput,
  options: PluginOptions = {},
): Promise<Plugin> {
  for (const key of Object.keys(options)) {
    if (!OPTIONS.has(key)) throw new TypeError(`Cannot load plugin: unknown option ${quote(key)}`);
  }
  const { sliceMs = DEFAULT_SLICE_MS, bigint = false, profile = false, onLog } = options;
  if (!(sliceMs > 0)) throw new TypeError("Cannot load plugin: sliceMs must be a positive number");
  if (onLog !== undefined && typeof onLog !== "function") {
    throw new TypeError("Cannot load plugin: onLog must be a function");
  }
  for (const [name, value] of Object.entries({ bigint, profile })) {
    if (typeof value === "boolean") continue;
    throw new TypeError(`Cannot load plugin: ${name} must be true or false`);
  }
  const host = toHost(options.host);
  const located = await loadManifest(source, options.base);
  const { manifest } = located;
  const surroundings = {
    env: grantedEnv(manifest, options.env),
    args: options.args ?? manifest.args,
  };
  const message = (what: string) => loadMessage(manifest.name, what);
  const environment = createEnvironment(manifest, surroundings, message);
  const guest = await loadModule(located, options.wasm, profile);
  return new Plugin(guest, {
    ...surroundings,
    plugin: { id: options.id ?? crypto.randomUUID(), name: manifest.name },
    manifest,
    environment,
    dispatcher: createDispatcher(host, compileGrant(manifest.allow.methods)),
    codec: bigint ? EXACT_JSON : JSON,
    state: host.state,
    sliceMs,
    onLog: onLog ?? (({ plugin, line }) => console.error(`${plugin.name}: ${line}`)),
  });
}

/** What a plugin has done so far. */
export interface PluginStats {
  /** Calls that were made. */
  calls: number;
  /** Calls that gave a result. */
  succeeded: number;
  /** Calls that rejected. */
  failed: number;
  /** Calls that have one of the plugin's `concurrency` places, whether or not they have one in the process yet. */
  running: number;
  /** Calls that wait for their turn. */
  queued: number;
}

/** A loaded plugin. Each call runs a fresh guest, so calls share nothing but the host. {@linkcode loadPlugin} makes one. */
export class Plugin implements AsyncDisposable {
  readonly #source: CallSource;
  /** Those that have not ended. */
  readonly #calls = new Set<Call>();
  /** Settled when the last of them ends, once somebody waits for that. */
  #idle: PromiseWithResolvers<void> | undefined;
  readonly #stats = { calls: 0, succeeded: 0, failed: 0 };
  #isClosed = false;

  /** Identity in logs and host methods. */
  readonly id: string;
  /** The manifest's name. */
  readonly name: string;
  /** The manifest, with its defaults. */
  readonly manifest: Manifest;

  /** @internal */
  constructor(
    guest: GuestModule,
    source: Omit<CallSource, "pool" | "queue" | "ceiling">,
    ceiling: Ceiling = CEILING,
  ) {
    const { limits } = source.manifest;
    this.#source = {
      ...source,
      pool: new Pool(guest, ceiling),
      queue: new Queue(limits.concurrency, limits.queue),
      ceiling,
    };
    this.id = source.plugin.id;
    this.name = source.plugin.name;
    this.manifest = source.manifest;
  }

  /**
   * Calls a method of the guest.
   *
   * @param params Anything that JSON can carry; `undefined` is sent as `null`.
   * @returns What the guest answered.
   * @throws {PluginError} All that can go wrong; its `code` says what, its `report` what the call had done. If `options.signal`
   * aborts, its reason is thrown as it is.
   */
  call(method: string, params?: unknown, options?: CallOptions): Promise<unknown> {
    return this.callWithReport(method, params, options).then(({ result }) => result);
  }

  /** Calls a method of the guest as {@linkcode call} does, and says what that took. */
  async callWithReport(
    method: string,
    params?: unknown,
    options: CallOptions = {},
  ): Promise<{ result: unknown; report: CallReport }> {
    const call = new Call(this.#source, ++this.#stats.calls, method);
    if (this.#isClosed) call.close();
    this.#calls.add(call);
    try {
      const answer = await call.execute(params, options);
      this.#stats.succeeded++;
      return answer;
    } catch (error) {
      this.#stats.failed++;
      throw error;
    } finally {
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#idle?.resolve();
    }
  }

  /** What the plugin has done so far. */
  stats(): PluginStats {
    const { running, length } = this.#source.queue;
    return { ...this.#stats, running, queued: length };
  }

  /** Ends the calls that run or wait, with code `closed`, and lets go of all memory. Resolves when the last guest has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const call of this.#calls) call.close();
    this.#idle ??= Promise.withResolvers();
    if (this.#calls.size > 0) await this.#idle.promise;
    this.#source.pool.close();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
