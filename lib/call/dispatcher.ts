/**
 * From the requests of guests to the methods of a host.
 *
 * @module
 */

import {
  createJSONRPCErrorResponse,
  createJSONRPCSuccessResponse,
  type JSONRPCErrorResponse,
  type JSONRPCID,
  JSONRPCServer,
} from "json-rpc-2.0";
import { RpcError } from "../errors.ts";
import type { Host, HostContext } from "../host.ts";

/** JSON-RPC error code of a request for a host method that the manifest does not grant. */
export const CAPABILITY_DENIED = -32001;
const INVALID_REQUEST = -32600;
/** JSON-RPC error code of what went wrong in the host. */
export const INTERNAL_ERROR = -32603;

/** A call, as the dispatcher sees it. */
export interface Caller {
  /** What host methods see of it. */
  readonly context: HostContext;
  /** Notes that a host method was refused. */
  deny(name: string): void;
  /** Notes what a host method threw, which the guest does not get to see. */
  hostFailed(error: unknown): void;
}

/** Dispatches guests' requests to the granted methods of a host: one for all calls of a plugin. */
export type Dispatcher = JSONRPCServer<Caller>;

/** A dispatcher to the methods of `host`; of those that `isGranted` does not name, no handler is ever reached. */
export function createDispatcher(host: Host, isGranted: (name: string) => boolean): Dispatcher {
  // What is thrown where no handler is: by the getters of an error that a handler threw.
  const server = new JSONRPCServer<Caller>({ errorListener: () => {} });
  server.mapErrorToJSONRPCErrorResponse = (id) =>
    createJSONRPCErrorResponse(id, INTERNAL_ERROR, "Internal error");
  server.applyMiddleware((next, request, caller) => {
    const { method, id } = request;
    const refuse = (code: number, message: string, data?: unknown) =>
      Promise.resolve(
        id === undefined ? null : createJSONRPCErrorResponse(id, code, message, data),
      );
    // To look for what is not text among the methods would make text of it.
    if (typeof method !== "string") return refuse(INVALID_REQUEST, "Invalid Request");
    if (isGranted(method)) return next(request, caller);
    caller.deny(method);
    return refuse(CAPABILITY_DENIED, "capability denied", { method });
  });
  for (const [name, run] of host.methods) {
    server.addMethodAdvanced(name, async ({ id, params }, caller) => {
      try {
        const result = await run(params, caller.context);
        return id === undefined ? null : createJSONRPCSuccessResponse(id, result);
      } catch (error) {
        if (!(error instanceof RpcError)) caller.hostFailed(error);
        return id === undefined ? null : toErrorResponse(id, error);
      }
    });
  }
  return server;
}

/** A handler's own `RpcError` is meant for the guest; anything else says too much about the host. */
function toErrorResponse(id: JSONRPCID, error: unknown): JSONRPCErrorResponse {
  return error instanceof RpcError
    ? createJSONRPCErrorResponse(id, error.rpcCode, error.message, error.data)
    : createJSONRPCErrorResponse(id, INTERNAL_ERROR, "Internal error");
}
