/**
 * An example plugin under test: it notes what its guests log and ask for, and checks the report of each call.
 *
 * @module
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { readFile } from "node:fs/promises";
import {
  type CallReport,
  loadPlugin,
  type LogEntry,
  type ManifestInput,
  type Plugin,
  RpcError,
} from "../../mod.ts";
import { assertMembers, assertPluginError, rejection } from "../support/plugin.ts";

const MANIFESTS = new URL("../../manifests/", import.meta.url);

/** What the host's `echo` throws when it is asked to. */
export const HOST_ERROR = {
  code: -32077,
  message: "not this 😀",
  data: { nested: [1, "é", null] },
};
/** Params that make the host's `echo` throw: an `RpcError`, or something that the guest must not see. */
export const THROWS = { throw: "RpcError" }, BREAKS = { throw: "Error" };

/** What a report must say; what is left out is as in a call that asked the host for nothing. */
export type Receipt = Partial<Pick<CallReport, "hostCalls" | "denied">>;

export class Subject implements AsyncDisposable {
  readonly plugin: Plugin;
  readonly #log: LogEntry[];
  /** What the host's `echo` was called with, for each call. */
  readonly #echoed: ReadonlyMap<number, readonly unknown[]>;
  /** How often a host method ran that no manifest grants. */
  readonly refusedRan: () => number;

  private constructor(
    plugin: Plugin,
    log: LogEntry[],
    echoed: Map<number, unknown[]>,
    refusedRan: () => number,
  ) {
    this.plugin = plugin;
    this.#log = log;
    this.#echoed = echoed;
    this.refusedRan = refusedRan;
  }

  /** Loads `manifests/<name>.json`, with other members in part, and of `allow` in part. */
  static async load(name: string, change: Partial<ManifestInput> = {}): Promise<Subject> {
    const base = new URL(`${name}.json`, MANIFESTS);
    const manifest = JSON.parse(await readFile(base, "utf8"));
    const log: LogEntry[] = [];
    const echoed = new Map<number, unknown[]>();
    let refusedRan = 0;
    const allow = { ...manifest.allow, ...change.allow };
    const plugin = await loadPlugin({ ...manifest, ...change, allow }, {
      base,
      onLog: (entry) => void log.push(entry),
      host: {
        echo(params, { callId }) {
          if (!echoed.has(callId)) echoed.set(callId, []);
          echoed.get(callId)!.push(params);
          const { throw: thrown } = (params ?? {}) as { throw?: unknown };
          if (thrown === THROWS.throw) throw new RpcError(HOST_ERROR.message, HOST_ERROR);
          if (thrown === BREAKS.throw) throw new Error("of the host's own");
          return params;
        },
        "secret.read": () => ++refusedRan,
      },
    });
    return new Subject(plugin, log, echoed, () => refusedRan);
  }

  /** The result of a call, after a look at its report. */
  async result(method: string, params?: unknown, receipt?: Receipt): Promise<unknown> {
    const { result, report } = await this.plugin.callWithReport(method, params);
    this.#check(report, { method, outcome: "ok", ...receipt }, params);
    return result;
  }

  /** Checks that the guest answers a call with an error, and the report of that call. */
  async error(
    method: string,
    params: unknown,
    error: { code: number; message?: string; data?: unknown },
    receipt?: Receipt,
  ): Promise<void> {
    const { code, ...rest } = error;
    const found = await rejection(this.plugin.call(method, params));
    assertPluginError(found, { code: "rpc", error: { rpcCode: code, ...rest } });
    this.#check(found.report!, { method, outcome: "rpc", ...receipt }, params);
  }

  /** The lines that a call has logged. */
  log(callId = this.plugin.stats().calls): string[] {
    return this.#log.filter((entry) => entry.callId === callId).map(({ line }) => line);
  }

  /** What a call has asked the host to echo. */
  echoed(callId = this.plugin.stats().calls): readonly unknown[] {
    return this.#echoed.get(callId) ?? [];
  }

  #check(report: CallReport, expected: Partial<CallReport>, params: unknown): void {
    const { method, outcome, hostCalls = 0, denied = [] } = expected;
    const stderrBytes = bytes(this.log(report.callId).map((line) => line + "\n").join(""));
    assertMembers(report, { method, outcome, hostCalls, denied, stderrBytes, exitCode: 0 });

    const { callId: id, stdinBytes, stdoutBytes, memoryPages, durationMs, guestMs } = report;
    const request = bytes(lineOf({ jsonrpc: "2.0", id, method, params: params ?? null }));
    if (hostCalls === 0) assertEquals(stdinBytes, request);
    else assertGreater(stdinBytes, request);
    assertGreater(stdoutBytes, bytes(lineOf({ jsonrpc: "2.0", id, result: 0 })) - 1);
    assertGreater(report.fuel, 0);
    assert(durationMs > 0 && guestMs > 0);
    assert(memoryPages > 0 && memoryPages <= this.plugin.manifest.limits.memoryPages);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.plugin.close();
  }
}

function lineOf(message: unknown): string {
  return JSON.stringify(message) + "\n";
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
