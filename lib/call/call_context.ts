import type { HostContext } from "../host.ts";

/** What host methods see of a call. */
export class CallContext implements HostContext {
  readonly plugin: HostContext["plugin"];
  readonly callId: number;
  readonly state: unknown;
  /** Made when a method asks for its signal, which few do, and which costs more than their call. */
  #controller: AbortController | undefined;
  #end: { readonly reason: unknown } | undefined;

  constructor(source: Pick<HostContext, "plugin" | "state">, callId: number) {
    this.plugin = source.plugin;
    this.callId = callId;
    this.state = source.state;
  }

  /** Aborts when the call ends. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#end !== undefined) this.#controller.abort(this.#end.reason);
    }
    return this.#controller.signal;
  }

  /** The call has ended. */
  abort(reason: unknown): void {
    this.#end = { reason };
    this.#controller?.abort(reason);
  }
}
