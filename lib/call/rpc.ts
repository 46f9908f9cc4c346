/**
 * JSON-RPC 2.0 over the lines of one call: the host's request and the guest's answer, the guest's requests and the host's
 * answers.
 *
 * @module
 */

import type { JSONRPCRequest, JSONRPCResponse } from "json-rpc-2.0";
import { type LimitErrorCode, quote } from "../errors.ts";
import type { Caller, Dispatcher, HostResponse } from "./dispatcher.ts";
import { type Codec, TooLong } from "./exact_json.ts";
import { Fifo } from "./fifo.ts";
import {
  decodeLine,
  decodeLoosely,
  internalError,
  isRequest,
  isResponse,
  responseLine,
} from "./messages.ts";
import { bytesBeyond } from "./utf8.ts";
import { Work } from "./work.ts";

/** What a {@linkcode Conversation} is connected to. */
export interface Port {
  /** Puts a message into the guest's stdin. */
  send(message: string): void;
  /** How many of the messages the guest has read to their end. */
  readonly messagesRead: number;
  /** The answer is in. */
  answered(): void;
  /** {@linkcode Conversation.busy} is no longer true. */
  idle(): void;
  /** The guest broke the protocol: `what` it did. */
  violated(what: string): void;
  /** A limit was passed: `what` passed it. */
  exceeded(code: LimitErrorCode, what: string, limit: number, value: number): void;
}

/** The limits of the manifest that concern messages. */
export interface MessageLimits {
  readonly messageBytes: number;
  readonly hostCalls: number;
  readonly hostCallsInFlight: number;
}

/**
 * The most bytes of the requests of a call that host methods are at work on, all together, where one may have `messageBytes`. Their
 * number alone says little: what comes of JSON can be 25 times as large. Where requests are small it is their number that counts.
 */
export function mostAtWork(messageBytes: number): number {
  return Math.max(4 * messageBytes, 2 ** 20);
}

/** What a line of the guest is answered with: the response to a request, or those to a batch. */
type Answer = HostResponse | JSONRPCResponse[];

/** What conversations need of their plugin. */
export interface ConversationSource {
  readonly dispatcher: Dispatcher;
  /** How messages are read and written. */
  readonly codec: Codec;
  /** Ms that the host may work for guests in a turn of the event loop. */
  readonly sliceMs: number;
  readonly manifest: {
    readonly limits: MessageLimits;
    /** If there is anything, requests are served in turn, each when the one before is answered; a batch counts as one. */
    readonly deterministic?: unknown;
  };
}

/** The messages of one call. */
export class Conversation {
  readonly #request: string;
  readonly #id: number;
  readonly #source: ConversationSource;
  readonly #run: Port & Caller;
  /** When requests are served in turn: settled when the last of them is. */
  #last: Promise<void> | undefined;
  /** When requests are served in turn: how many are not answered yet. */
  #unserved = 0;
  /** Requests whose answers the guest has not read to their end. */
  #inFlight = 0;
  /** Bytes of the requests that host methods are at work on. */
  #bytesAtWork = 0;
  /** For each message that the guest is not known to have read, how many of its requests it answers. */
  readonly #unread = new Fifo<number>();
  /** How many it is known to have read. */
  #read = 0;
  /** Requests that are served, and answers that are sent. */
  readonly #work: Work;
  /** Requests and notifications that the guest sent. */
  hostCalls = 0;
  /** What the guest has answered. */
  response: JSONRPCResponse | undefined;

  /**
   * @param request The line that is the host's request, without its end.
   * @param id The id in it.
   * @param run Both ends: the guest's and the host methods'.
   */
  constructor(request: string, id: number, source: ConversationSource, run: Port & Caller) {
    this.#request = request;
    this.#id = id;
    this.#source = source;
    this.#run = run;
    this.#work = new Work(source.sliceMs);
    if (source.manifest.deterministic !== undefined) this.#last = Promise.resolve();
  }

  /** Whether requests are served in turn, not all of them are, and the guest could still learn of it. */
  get busy(): boolean {
    return this.#unserved > 0 && this.response === undefined;
  }

  /** Sends the request. */
  begin(): void {
    this.#unread.push(0);
    this.#run.send(this.#request + "\n");
  }

  /** Takes a line from the guest: a view that is valid during the call only. */
  receive(bytes: Uint8Array): void {
    let message: unknown;
    try {
      message = this.#source.codec.parse(decodeLine(bytes));
    } catch (error) {
      if (error instanceof TooLong) {
        return this.#violated(`wrote a line with ${error.message}`, bytes);
      }
      // The guest may have left no stack for it.
      if (error instanceof RangeError) throw error;
      return this.#violated("wrote a line that is not JSON", bytes);
    }
    const { length } = bytes;
    if (isRequest(message)) return this.#serve(message, 1, length);
    if (!Array.isArray(message) || message.length === 0) return void this.#answer(message, bytes);
    const requests = message.filter(isRequest);
    if (requests.length > 0) this.#serve(requests, requests.length, length);
    for (const other of message) if (!isRequest(other) && !this.#answer(other, bytes)) return;
  }

  /** Resolves when nothing of the guest's waits to be served or answered; `undefined` if nothing does. */
  drained(): Promise<void> | undefined {
    return this.#work.drained();
  }

  /** Nothing of the guest's is served or answered any more. */
  close(): void {
    this.#work.close();
  }

  /** Takes what is to be the answer, and says whether it is. */
  #answer(message: unknown, bytes: Uint8Array): boolean {
    const wrong = this.#wrongIn(message);
    if (wrong !== undefined) {
      this.#violated(wrong, bytes);
      return false;
    }
    this.response = message as JSONRPCResponse;
    this.#run.answered();
    return true;
  }

  /** Why what the guest wrote is not the answer, if it is not. */
  #wrongIn(message: unknown): string | undefined {
    if (!isResponse(message)) return "wrote a line that is not JSON-RPC";
    // Who cannot read a request cannot know its id, and there is one request only.
    const isOurs = message.id === this.#id || (message.id === null && message.error !== undefined);
    if (!isOurs) return "answered a request that was not sent";
    if (this.response !== undefined) return "answered twice";
  }

  #violated(what: string, bytes: Uint8Array): void {
    // Quoted are 200 characters, which may take 4 bytes each.
    const text = decodeLoosely(bytes.subarray(0, 804));
    this.#run.violated(`the guest ${what}: ${quote(text)}`);
  }

  /** Serves a request, or the `count` requests of a batch, from a line of so many bytes, unless the guest has answered and thereby hung up. */
  #serve(request: JSONRPCRequest | JSONRPCRequest[], count: number, bytes: number): void {
    if (this.response !== undefined) return;
    const { hostCalls, hostCallsInFlight, messageBytes } = this.#source.manifest.limits;
    for (; this.#read < this.#run.messagesRead; this.#read++) {
      this.#inFlight -= this.#unread.shift();
    }
    this.hostCalls += count;
    this.#inFlight += count;
    this.#bytesAtWork += bytes;
    if (this.hostCalls > hostCalls) {
      return this.#run.exceeded("too_many_host_calls", "host calls", hostCalls, this.hostCalls);
    }
    if (this.#inFlight > hostCallsInFlight) {
      const what = "host calls in flight";
      return this.#run.exceeded("too_many_host_calls", what, hostCallsInFlight, this.#inFlight);
    }
    const mostBytes = mostAtWork(messageBytes);
    if (this.#bytesAtWork > mostBytes) {
      const what = "bytes of host calls in flight";
      return this.#run.exceeded("too_many_host_calls", what, mostBytes, this.#bytesAtWork);
    }
    // Not now: the guest is on the stack, and may have left the handler little of it.
    if (this.#last === undefined) {
      queueMicrotask(() => this.#dispatch(request, count, bytes));
    } else {
      this.#unserved++;
      this.#last = this.#last.then(() => this.#dispatch(request, count, bytes)).then(() => {
        if (--this.#unserved === 0) this.#run.idle();
      });
    }
  }

  #dispatch(
    request: JSONRPCRequest | JSONRPCRequest[],
    count: number,
    bytes: number,
  ): Promise<void> | void {
    const answer = Array.isArray(request) ? this.#executeAll(request) : this.#execute(request);
    // Most host methods are synchronous, and a promise that nobody needs makes the guest wait.
    if (!(answer instanceof Promise)) return this.#finish(answer, count, bytes);
    return answer.then((answer: Answer) => this.#finish(answer, count, bytes));
  }

  /** The `count` requests of a line of so many bytes are served. */
  #finish(answer: Answer, count: number, bytes: number): Promise<void> | void {
    this.#bytesAtWork -= bytes;
    if (answer === null || Array.isArray(answer) && answer.length === 0) {
      this.#inFlight -= count;
      return;
    }
    if (this.#work.mustWait) return this.#work.later(() => this.#reply(answer, count));
    this.#reply(answer, count);
  }

  async #executeAll(requests: JSONRPCRequest[]): Promise<JSONRPCResponse[]> {
    const responses = await Promise.all(requests.map((each) => this.#execute(each)));
    return responses.filter((response) => response !== null);
  }

  /** Has a request served, and answers the response; `null` if there is none. */
  #execute(request: JSONRPCRequest): HostResponse | Promise<HostResponse> {
    if (this.#work.mustWait) return this.#work.later(() => this.#executeNow(request));
    return this.#executeNow(request);
  }

  #executeNow(request: JSONRPCRequest): HostResponse | Promise<HostResponse> {
    if (this.#work.closed) return null;
    const response = this.#source.dispatcher(request, this.#run);
    this.#work.passTurn();
    return response;
  }

  /** Sends the answer to `count` requests. */
  #reply(answer: NonNullable<Answer>, count: number): void {
    if (this.#work.closed) return;
    const { messageBytes } = this.#source.manifest.limits;
    const what = "bytes in an answer to the guest";
    try {
      const json = Array.isArray(answer) ? this.#encodeAll(answer) : this.#encode(answer);
      const bytes = bytesBeyond(messageBytes, json);
      if (bytes !== undefined) {
        return this.#run.exceeded("message_too_large", what, messageBytes, bytes);
      }
      this.#run.send(json + "\n");
      // What the guest does not read is the host's memory, so it counts until it is read.
      this.#unread.push(count);
    } catch (error) {
      // Where the limit is beyond what the engine can hold.
      this.#run.hostFailed(error);
      this.#run.exceeded("message_too_large", what, messageBytes, messageBytes + 1);
    }
  }

  /** Responses as a batch; only the first of them if these alone are too long. */
  #encodeAll(responses: readonly JSONRPCResponse[]): string {
    let json = "";
    for (const each of responses) {
      json += (json === "" ? "[" : ",") + this.#encode(each);
      // All of them together may be more than the engine puts into a text.
      if (json.length > this.#source.manifest.limits.messageBytes) break;
    }
    return json + "]";
  }

  /** A response as JSON; in place of a result or error data that JSON cannot carry, an internal error. */
  #encode(response: JSONRPCResponse): string {
    const { codec } = this.#source;
    try {
      return responseLine(response, codec);
    } catch (error) {
      this.#run.hostFailed(error);
      return responseLine(internalError(response.id), codec);
    }
  }
}
