/**
 * From the requests of guests to the methods of a host.
 *
 * @module
 */

import {
  createInvalidRequestResponse,
  createJSONRPCErrorResponse,
  createJSONRPCSuccessResponse,
  createMethodNotFoundResponse,
  isJSONRPCRequest,
  type JSONRPCID,
  type JSONRPCRequest,
  type JSONRPCResponse,
} from "json-rpc-2.0";
import { RpcError } from "../errors.ts";
import { type Host, type HostContext, isPromise } from "../host.ts";
import { internalError } from "./messages.ts";

/** JSON-RPC error code of a request for a host method that the manifest does not grant. */
export const CAPABILITY_DENIED = -32001;

/** A call, as the dispatcher sees it. */
export interface Caller {
  /** What host methods see of it. */
  readonly context: HostContext;
  /** Notes that a host method was refused. */
  deny(name: string): void;
  /** Notes what a host method threw, which the guest does not get to see. */
  hostFailed(error: unknown): void;
}

/** What a request is answered with: nothing, if it is a notification. */
export type HostResponse = JSONRPCResponse | null;

/**
 * Has the host method that a request names serve it. Neither throws nor rejects; the response is a promise only where the method
 * is asynchronous.
 */
export type Dispatcher = (
  request: JSONRPCRequest,
  caller: Caller,
) => HostResponse | Promise<HostResponse>;

/** A dispatcher to those methods that `host` has now and `isGranted` names; it knows no others. */
export function createDispatcher(host: Host, isGranted: (name: string) => boolean): Dispatcher {
  const granted = new Map([...host.methods].filter(([name]) => isGranted(name)));
  return (request, caller) => {
    const { method, id } = request;
    // To look for what is not text among the grants would make text of it.
    if (!isJSONRPCRequest(request) || typeof method !== "string") {
      return createInvalidRequestResponse(request);
    }
    const run = granted.get(method);
    if (run !== undefined) return serve(run, request, caller);
    const isAllowed = isGranted(method);
    if (!isAllowed) caller.deny(method);
    if (id === undefined) return null;
    return isAllowed
      ? createMethodNotFoundResponse(id)
      : createJSONRPCErrorResponse(id, CAPABILITY_DENIED, "capability denied", { method });
  };
}

function serve(
  run: (params: unknown, context: HostContext) => unknown,
  { id, params }: JSONRPCRequest,
  caller: Caller,
): HostResponse | Promise<HostResponse> {
  const succeeded = (result: unknown) =>
    id === undefined ? null : createJSONRPCSuccessResponse(id, result);
  const failed = (error: unknown) => {
    const response = toErrorResponse(id ?? null, error);
    if (response === undefined) caller.hostFailed(error);
    return id === undefined ? null : response ?? internalError(id);
  };
  const settled = async (result: PromiseLike<unknown>) => {
    try {
      return succeeded(await result);
    } catch (error) {
      return failed(error);
    }
  };
  try {
    const result = run(params, caller.context);
    return isPromise(result) ? settled(result) : succeeded(result);
  } catch (error) {
    return failed(error);
  }
}

/** A handler's own `RpcError` is meant for the guest; anything else says too much about the host. */
function toErrorResponse(id: JSONRPCID, error: unknown): JSONRPCResponse | undefined {
  try {
    if (!(error instanceof RpcError)) return undefined;
    return createJSONRPCErrorResponse(id, error.rpcCode, error.message, error.data);
  } catch {
    // An error that cannot be read.
    return undefined;
  }
}
