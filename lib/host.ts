import { quote, RpcError } from "./errors.ts";
import { issueText, type Schema, toIssues } from "./schema.ts";

/** Who calls a host method, and with what at hand. */
export interface HostContext<S = unknown> {
  /** The plugin whose guest calls. */
  readonly plugin: { readonly id: string; readonly name: string };
  /** Number of the call that the guest is working on. */
  readonly callId: number;
  /** What `createHost` was given. */
  readonly state: S;
  /**
   * Aborted when the call ends, however it ends: the guest no longer waits for an answer. What a listener throws is an uncaught
   * error of the host's, as with any signal.
   */
  readonly signal: AbortSignal;
}

/** A line that a guest wrote to stderr. */
export interface LogEntry {
  /** The plugin whose guest wrote it. */
  readonly plugin: { readonly id: string; readonly name: string };
  /** Number of the call that the guest was working on. */
  readonly callId: number;
  /** The line without its end. It is the guest's own text: it may hold escape sequences. */
  readonly line: string;
}

/**
 * What answers a guest: the result, or a promise of it, as JSON can carry it (`undefined` becomes
 * `null`). A thrown `RpcError` reaches the guest as it is; of any other error it learns only that
 * there was one.
 */
export type HostHandler<S = unknown, P = unknown, R = unknown> = (
  params: P,
  ctx: HostContext<S>,
) => R | Promise<R>;

/** Zod schemas that params must fit before a handler sees them, and its result before the guest does. */
export interface MethodSchemas<P = unknown, R = unknown> {
  /** Params that do not fit are answered with -32602 "Invalid params" and `data.issues`. */
  readonly params?: Schema<P>;
  /** A result that does not fit is the host's mistake: the guest learns only that there was an error. */
  readonly result?: Schema<unknown, R>;
}

/** Host methods by name, the short form of a {@linkcode Host}. */
export type HostMethods = Record<string, HostHandler>;

/** The methods that a host offers, whoever may call them. {@linkcode createHost} makes one. */
export class Host<S = unknown> {
  readonly #methods = new Map<string, (params: unknown, ctx: HostContext) => unknown>();

  /** What handlers find in `ctx.state`. */
  readonly state: S;

  /** Makes a host without methods. */
  constructor(state: S) {
    this.state = state;
  }

  /**
   * All methods by name. Params are what the guest sent; what comes back is a promise only if the
   * handler, or a schema, is asynchronous. `ctx.state` must be the state of this host.
   */
  get methods(): ReadonlyMap<string, (params: unknown, ctx: HostContext) => unknown> {
    return this.#methods;
  }

  /**
   * Adds a method; `handler` gets whatever the guest sent.
   *
   * @throws {TypeError} when the name is empty, has a `*` in it (no manifest could grant it), or is taken
   */
  method(name: string, handler: HostHandler<S>): this;
  /**
   * Adds a method whose params and result are checked.
   *
   * @throws {TypeError} when the name is empty, has a `*` in it (no manifest could grant it), or is taken
   */
  method<P = unknown, R = unknown>(
    name: string,
    schemas: MethodSchemas<P, R>,
    handler: HostHandler<S, P, R>,
  ): this;
  method(
    name: string,
    first: HostHandler<S> | MethodSchemas,
    second?: HostHandler<S>,
  ): this {
    const [schemas, handler] = typeof first === "function" ? [{}, first] : [first, second];
    const refuse = (why: string) => {
      throw new TypeError(`Cannot add host method ${quote(String(name))}: ${why}`);
    };
    if (typeof name !== "string" || name === "") refuse("its name is not a text of any length");
    if (name.includes("*")) refuse("its name has a * in it");
    if (this.#methods.has(name)) refuse("there is one of that name");
    if (typeof handler !== "function") refuse("its handler is not a function");
    for (const key of Object.keys(schemas)) {
      if (key !== "params" && key !== "result") refuse(`unknown option ${quote(key)}`);
    }
    this.#methods.set(name, checked(name, schemas, handler as HostHandler));
    return this;
  }
}

/**
 * A host without state, to which methods are added one by one.
 *
 * @example
 * ```ts
 * import { createHost, loadPlugin } from "@wasm-plugin/rt";
 * import { z } from "zod";
 *
 * const host = createHost({ greeting: "hello" })
 *   .method("echo", (params) => params)
 *   .method(
 *     "greet",
 *     { params: z.object({ name: z.string() }), result: z.string() },
 *     ({ name }, { state }) => `${state.greeting} ${name}`,
 *   );
 * const plugin = await loadPlugin("./manifests/test-plugin.json", { host });
 * ```
 */
export function createHost(): Host<undefined>;
/** A host whose handlers find `state` in `ctx.state`. */
export function createHost<S>(state: S): Host<S>;
export function createHost(state?: unknown): Host {
  return new Host(state);
}

/**
 * The host that `loadPlugin` was given, in either form. Of a record its own enumerable properties
 * count, so a guest that asks for `constructor` or `__proto__` finds nothing.
 *
 * @throws {TypeError} when it is neither, or a property is not a function
 */
export function toHost(host: Host | HostMethods | undefined): Host {
  if (host instanceof Host) return host;
  if (host === undefined) return createHost();
  if (typeof host !== "object" || host === null || Array.isArray(host)) {
    throw new TypeError("Cannot use the host: expected a record of functions or createHost(…)");
  }
  const made = createHost();
  for (const [name, handler] of Object.entries(host)) made.method(name, handler);
  return made;
}

/**
 * Whether a manifest grants a host method, as a function of its name.
 *
 * @param methods exact names, or `prefix.*` for every name that begins with `prefix.` and goes on
 */
export function compileGrant(methods: readonly string[]): (name: string) => boolean {
  const names = new Set(methods.filter((method) => !method.endsWith(".*")));
  const prefixes = methods.filter((method) => method.endsWith(".*")).map((m) => m.slice(0, -1));
  return (name) =>
    names.has(name) ||
    prefixes.some((prefix) => name.length > prefix.length && name.startsWith(prefix));
}

// Guests choose how wrong their params are; this is how much of it they get back.
const REPORTED_ISSUES = 16;

function checked(
  name: string,
  { params: paramsSchema, result: resultSchema }: MethodSchemas,
  handler: HostHandler,
): (params: unknown, ctx: HostContext) => unknown {
  const run = paramsSchema === undefined
    ? handler
    : (params: unknown, ctx: HostContext) =>
      after(paramsSchema["~standard"].validate(params), (fit) => {
        if (fit.issues === undefined) return handler(fit.value, ctx);
        const issues = toIssues(fit.issues, REPORTED_ISSUES);
        throw new RpcError("Invalid params", { code: -32602, data: { issues } });
      });
  if (resultSchema === undefined) return run;
  return (params, ctx) =>
    after(run(params, ctx), (result) =>
      after(resultSchema["~standard"].validate(result), (fit) => {
        if (fit.issues === undefined) return fit.value;
        const what = toIssues(fit.issues, REPORTED_ISSUES).map(issueText).join(", ");
        throw new TypeError(`Host method ${quote(name)} gave a wrong result: ${what}`);
      }));
}

// Most handlers are synchronous, and a promise that nobody needs costs a turn of the microtask queue.
function after<T, R>(value: T | PromiseLike<T>, next: (value: T) => R): R | PromiseLike<R> {
  return isPromise(value) ? (value.then(next) as PromiseLike<R>) : next(value as T);
}

/** Whether it is a promise, or does as promises do. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
