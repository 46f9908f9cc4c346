// The plugin's side of the protocol: one JSON-RPC message a line, requests on stdin, answers and requests of the
// plugin's own on stdout, log lines on stderr. An instance answers one call and returns from `_start`.
//
// The module has no garbage collector, since an instance lives for one call. What a plugin does a million times in
// that call must not allocate: use one `HostMethod`, and one `JsonWriter` with `reset()`.

import { Json } from "./json";
import { JsonWriter } from "./json_writer";
import { LineReader, log, send } from "./stdio";

export { Json, JsonWriter, log };

/** JSON-RPC 2.0 error codes; a plugin's own are from -32099 to -32000. */
export const enum ErrorCode {
  Parse = -32700,
  InvalidRequest = -32600,
  MethodNotFound = -32601,
  InvalidParams = -32602,
  Internal = -32603,
  Server = -32000,
}

/** What a method returns in place of a result when it fails: it holds the JSON-RPC error object. */
export class RpcError extends JsonWriter {
  /** `data` is one whole value that says more, for the caller's program. */
  constructor(code: i64, message: string, data: JsonWriter | null = null) {
    super();
    this.openObject().key("code").int(code).key("message").string(message);
    if (data) this.key("data").written(data);
    this.closeObject();
  }

  /** An error that the host has answered, to be passed on as it is. */
  static from(error: Json): RpcError {
    const copy = new RpcError(ErrorCode.Server, "");
    copy.reset().value(error);
    return copy;
  }
}

/** A method gets the request's params and returns its result, or an `RpcError`. */
export type Handler = (params: Json) => JsonWriter;

class Method {
  constructor(readonly name: string, readonly handler: Handler) {}
}

const methods: Method[] = [];
const message = new JsonWriter();
const answers = new LineReader();
/** Requests sent to the host so far; also the id of the last one. */
let calls: i64 = 0;

/** Offers `handler` to the host as the method `name`. */
export function method(name: string, handler: Handler): void {
  methods.push(new Method(name, handler));
}

/** The argument of a method that takes one: params `1000` and `[1000]` mean the same. */
export function argument(params: Json): Json {
  const only = params.only();
  return only ? only : params;
}

/** Answers the request on stdin. To be called once, after every `method(…)`. */
export function serve(): void {
  // A reader of its own, so that the params stay where they are while answers from the host come and go.
  const line = new LineReader().next();
  if (!line) return;
  const request = Json.parse(line);
  const id = request ? request.get("id") : null;
  const reply = request ? dispatch(request) : new RpcError(ErrorCode.Parse, "Parse error");
  const member = reply instanceof RpcError ? "error" : "result";
  message.reset().openObject().key("jsonrpc").string("2.0");
  message.key("id").value(id ? id : Json.null).key(member).written(reply);
  end();
}

function dispatch(request: Json): JsonWriter {
  const name = request.get("method");
  if (!name || !name.isString) return new RpcError(ErrorCode.InvalidRequest, "Invalid request");
  const params = request.get("params");
  for (let i = 0; i < methods.length; i++) {
    if (name.is(methods[i].name)) return methods[i].handler(params ? params : Json.null);
  }
  return new RpcError(ErrorCode.MethodNotFound, `Method not found: ${name.string()}`);
}

/** A method of the host's. One object serves any number of calls, one after another. */
export class HostMethod {
  /** The answer to the last call; good until the next call of any host method. */
  result: Json = Json.null;
  /** A request up to its params, which is the same in each call. */
  private readonly head: JsonWriter = new JsonWriter();

  constructor(readonly name: string) {
    this.head.openObject().key("jsonrpc").string("2.0").key("method").string(name).key("params");
  }

  /** Calls the method and waits: null leaves the answer in `result`, anything else says why there is none. */
  call(params: JsonWriter): RpcError | null {
    message.from(this.head).written(params).key("id").uint(++calls);
    end();
    const line = answers.next();
    const answer = line ? Json.parse(line) : null;
    const id = answer ? answer.get("id") : null;
    if (!answer || !id || id.uint() != calls) {
      return new RpcError(ErrorCode.Internal, `No answer to host method "${this.name}"`);
    }
    const result = answer.get("result");
    this.result = result ? result : Json.null;
    if (result) return null;
    const error = answer.get("error");
    return error ? RpcError.from(error) : null;
  }
}

function end(): void {
  message.closeObject().newline();
  send(message.start, message.size);
}
