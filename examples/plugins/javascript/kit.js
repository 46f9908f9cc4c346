/**
 * The plugin's side of the protocol: one JSON-RPC message a line, requests on stdin, answers and
 * requests of the plugin's own on stdout, log lines on stderr. An instance answers one call.
 *
 * Scripts are evaluated when the plugin is built; what they leave in variables is there in every
 * call. Only the method that the host has called runs later.
 *
 * @module
 */

/** What `engine.c` gives to scripts: WASI functions, and the messages on stdin. */
const engine = globalThis.engine;

const STDOUT = 1, STDERR = 2;
const REALTIME = 0;

/** JSON-RPC 2.0 error codes; a plugin's own are from -32099 to -32000. */
export const ErrorCode = Object.freeze({
  Parse: -32700,
  InvalidRequest: -32600,
  MethodNotFound: -32601,
  InvalidParams: -32602,
  Internal: -32603,
  Server: -32000,
});

/** An error with a code, a message and any JSON as data: thrown by a method, and by `host` for what the host answers. */
export class RpcError extends Error {
  name = "RpcError";

  constructor(code, message, data) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

const methods = new Map();
/** Requests sent to the host so far; also the id of the last one. */
let calls = 0;

/**
 * Offers `handler` to the host as the method `name`.
 *
 * It is called with the params and with `{ host, log }`, and returns the result: any value that JSON
 * can hold, or a promise of one.
 */
export function method(name, handler) {
  methods.set(name, handler);
}

/** Calls a method of the host, waits, and returns its result. Throws an `RpcError` if the host answers with an error. */
export function host(method, params = null) {
  const id = ++calls;
  send(id, `"method":${json(method)},"params":${json(params)}`);
  const { id: answered, error, result } = receive() ?? {};
  if (answered !== id) {
    throw new RpcError(ErrorCode.Internal, `No answer to host method "${method}"`);
  }
  if (error) throw new RpcError(error.code, error.message, error.data);
  return result;
}

const level = (name) => (text) => engine.write(STDERR, `${name}: ${String(text).toWellFormed()}`);

/** Writes a line to stderr, where the host takes it as a log line. */
export const log = {
  debug: level("debug"),
  info: level("info"),
  warn: level("warn"),
  error: level("error"),
};

/** The argument of a method that takes one: params `1000` and `[1000]` mean the same. */
export function argument(params) {
  return Array.isArray(params) && params.length === 1 ? params[0] : params;
}

/** A method's one argument, a whole number from 0 to `max`, called `name` in the error. */
export function wholeNumber(params, name, max = Number.MAX_SAFE_INTEGER) {
  const value = argument(params);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RpcError(
    ErrorCode.InvalidParams,
    `${name} must be a whole number from 0 to ${max}`,
  );
}

/** Nanoseconds since 1970, a BigInt. Throws without the grant `clock`, where `Date.now()` would answer nonsense. */
export function now() {
  return engine.clock(REALTIME);
}

/** Fills a Uint8Array with random bytes, and returns it. Throws without the grant `random`. */
export function random(bytes) {
  engine.random(bytes);
  return bytes;
}

/** Waits for `ms` milliseconds. */
export function sleep(ms) {
  engine.sleep(ms);
}

// The engine's own generator would start every call with the state of the build.
Math.random = () => {
  const [low, high] = new Uint32Array(random(new Uint8Array(8)).buffer);
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
};

engine.serve(() => {
  let id = null;
  try {
    const request = receive();
    if (request === undefined) return;
    id = request?.id ?? null;
    const result = dispatch(request);
    if (result instanceof Promise) {
      result.then((result) => answer(id, result)).catch((error) => refuse(id, error));
    } else answer(id, result);
  } catch (error) {
    refuse(id, error);
  }
});

function receive() {
  try {
    return engine.receive();
  } catch ({ message }) {
    throw new RpcError(ErrorCode.Parse, message);
  }
}

function dispatch(request) {
  const name = request?.method;
  if (typeof name !== "string") throw new RpcError(ErrorCode.InvalidRequest, "Invalid request");
  const handler = methods.get(name);
  if (!handler) throw new RpcError(ErrorCode.MethodNotFound, `Method not found: ${name}`);
  return handler(request.params ?? null, { host, log });
}

function answer(id, result) {
  send(json(id), `"result":${json(result)}`);
}

function refuse(id, error) {
  const { code, message, data } = error instanceof RpcError ? error : unexpected(error);
  send(json(id), `"error":${json({ code, message, data })}`);
}

/** The error for what a method did not mean to throw: a WASI function that was refused, or a bug. */
function unexpected(error) {
  if (error?.errno !== undefined) return new RpcError(ErrorCode.Server, error.message);
  log.error(`${error}\n${error?.stack ?? ""}`.trimEnd());
  return new RpcError(ErrorCode.Internal, String(error));
}

// A message is put together here, because to stringify it as a whole takes twice as long.
function send(id, members) {
  engine.write(STDOUT, `{"jsonrpc":"2.0","id":${id},${members}}`);
}

function json(value) {
  return JSON.stringify(value) ?? "null";
}
