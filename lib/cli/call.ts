import { pathToFileURL } from "node:url";
import { PluginError } from "../errors.ts";
import type { Host, HostMethods } from "../host.ts";
import { loadPlugin, type Plugin } from "../plugin.ts";
import { EXIT, explain, type Io, printable } from "./io.ts";

/** The options of `call`, as commander hands them over. */
export interface CallFlags {
  /** Print the report. */
  readonly report?: boolean;
  /** Path of the module with the host methods. */
  readonly host?: string;
  /** Deadline in ms. */
  readonly timeout?: number;
  /** Limit in units of fuel. */
  readonly fuel?: number;
  /** Environment variables. */
  readonly env?: Record<string, string>;
  /** Arguments. */
  readonly arg?: readonly string[];
}

/**
 * Calls one guest method. Without `--host` there are no host methods: whatever the manifest grants,
 * a guest that asks for one is answered that it does not exist.
 *
 * @returns the exit code: failed if the call rejects, usage if it could not begin
 */
export async function call(
  manifest: string,
  method: string,
  params: unknown,
  flags: CallFlags,
  io: Io,
): Promise<number> {
  const host = flags.host === undefined ? undefined : await importHost(flags.host);
  const plugin: Plugin = await loadPlugin(manifest, {
    host,
    onLog: ({ plugin, line }) => io.stderr(`[${plugin.name}] ${printable(line)}\n`),
  });
  const { timeout: timeoutMs, fuel, env, arg: args, report: reports = false } = flags;
  const printReport = (report: unknown) => {
    if (reports && report !== undefined) io.stderr(JSON.stringify(report) + "\n");
  };
  try {
    const options = { timeoutMs, fuel, env, args };
    const { result, report } = await plugin.callWithReport(method, params, options);
    io.stdout(JSON.stringify(result) + "\n");
    printReport(report);
    return EXIT.ok;
  } catch (error) {
    io.stderr(explain(error));
    if (error instanceof PluginError) printReport(error.report);
    return EXIT.failed;
  } finally {
    await plugin.close();
  }
}

async function importHost(file: string): Promise<Host | HostMethods> {
  const { default: host } = await import(pathToFileURL(file).href);
  if (typeof host !== "object" || host === null) {
    throw new TypeError(`Cannot use ${file} as a host: its default export is not an object`);
  }
  return host;
}
