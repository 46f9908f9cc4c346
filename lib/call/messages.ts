/**
 * The messages of JSON-RPC 2.0 as text: what they must be, and how they are written.
 *
 * @see https://www.jsonrpc.org/specification
 * @module
 */

import {
  createJSONRPCErrorResponse,
  isJSONRPCResponse,
  JSONRPCErrorCode,
  type JSONRPCErrorResponse,
  type JSONRPCID,
  type JSONRPCRequest,
  type JSONRPCResponse,
} from "json-rpc-2.0";
import type { Codec } from "./exact_json.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** The text of a line; throws a `TypeError` if its bytes are not UTF-8. */
export function decodeLine(bytes: Uint8Array): string {
  const text = decodeLoosely(bytes);
  // Deno's strict decoder takes 0.3 µs more for a short text, and only where this came out can it say anything else.
  return text.includes("\ufffd") ? strictDecoder.decode(bytes) : text;
}

/** The text of a line, with U+FFFD for what is not UTF-8. */
export function decodeLoosely(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * The line that asks a guest for `method`, without its end. Throws what `JSON.stringify` throws, and a `TypeError` for params that JSON leaves out.
 *
 * @param params `undefined` is sent as `null`.
 */
export function requestLine(
  id: number,
  method: string,
  params: unknown,
  codec: Codec = JSON,
): string {
  const json = codec.stringify(params ?? null);
  if (json === undefined) throw new TypeError(`JSON has no ${typeof params}`);
  return `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${json}}`;
}

/**
 * The line that answers a guest, without its end. Throws what `JSON.stringify` throws, and a `TypeError` for a result that JSON leaves out.
 */
export function responseLine({ id, error, result }: JSONRPCResponse, codec: Codec): string {
  const value = codec.stringify(error ?? result);
  if (value === undefined) throw new TypeError(`JSON has no ${typeof result}`);
  const key = error === undefined ? "result" : "error";
  return `{"jsonrpc":"2.0","id":${codec.stringify(id)},"${key}":${value}}`;
}

/** What a guest learns of what went wrong in the host. */
export function internalError(id: JSONRPCID): JSONRPCErrorResponse {
  return createJSONRPCErrorResponse(id, JSONRPCErrorCode.InternalError, "Internal error");
}

/** Whether it is meant as a request or a notification, be it well-formed or not. */
export function isRequest(message: unknown): message is JSONRPCRequest {
  return typeof message === "object" && message !== null && Object.hasOwn(message, "method");
}

/** Whether it is a response. */
export function isResponse(message: unknown): message is JSONRPCResponse {
  if (typeof message !== "object" || message === null || !isJSONRPCResponse(message)) return false;
  if (Object.hasOwn(message, "result") === Object.hasOwn(message, "error")) return false;
  if (message.error === undefined) return true;
  const { code, message: text } = message.error ?? {};
  return (Number.isInteger(code) || typeof code === "bigint") && typeof text === "string";
}
