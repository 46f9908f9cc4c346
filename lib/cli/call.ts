import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { type CallReport, PluginError, printable } from "../errors.ts";
import type { Host, HostMethods } from "../host.ts";
import { loadPlugin, type Plugin } from "../plugin.ts";
import { EXIT, explain, type Io, printableJson } from "./io.ts";
import { speedscope, topTen } from "./speedscope.ts";

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
  /** Path of the file for the profile. */
  readonly profile?: string;
}

/**
 * Calls one guest method. Integers are exact, however large they are. Without `--host` there are no host methods: whatever the manifest grants,
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
    bigint: true,
    profile: flags.profile !== undefined,
    onLog: ({ plugin, line }) => io.stderr(`[${plugin.name}] ${printable(line)}\n`),
  });
  const { timeout: timeoutMs, fuel, env, arg: args, report: reports = false } = flags;
  const tell = async ({ profile, ...report }: CallReport) => {
    if (reports) io.stderr(printableJson(report) + "\n");
    if (profile === undefined || flags.profile === undefined) return;
    io.stderr(topTen(profile));
    await writeFile(flags.profile, speedscope(`${plugin.name}: ${method}`, profile));
  };
  try {
    const options = { timeoutMs, fuel, env, args };
    const { result, report } = await plugin.callWithReport(method, params, options);
    io.stdout(printableJson(result) + "\n");
    await tell(report);
    return EXIT.ok;
  } catch (error) {
    io.stderr(explain(error));
    if (error instanceof PluginError && error.report !== undefined) await tell(error.report);
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
