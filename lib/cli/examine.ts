import { LoadError } from "../errors.ts";
import { loadManifest, readBody, sourceOf, toUrl } from "../load.ts";
import type { Manifest } from "../manifest.ts";
import { loadPlugin } from "../plugin.ts";
import { baseUrl } from "../runtime.ts";
import { type Module, parseModule } from "../wasm/module.ts";
import { type Demand, listDemands } from "./capabilities.ts";

/** What can be said of a plugin, or of a module on its own, without calling it. */
export interface Examination {
  /** The manifest; absent for a module on its own. */
  readonly manifest?: Manifest;
  /** The module's outline; absent when it cannot be read. */
  readonly module?: Module;
  /** What the module asks for; empty when it cannot be read. */
  readonly demands: readonly Demand[];
  /** Why it does not load; absent when it does. */
  readonly refusal?: LoadError;
}

/**
 * Loads a plugin as `loadPlugin` would, and keeps what there is to see.
 *
 * @param file path or URL of a manifest, or of a module if it ends in `.wasm`
 * @throws {ManifestError} the manifest cannot be read, or is not one
 */
export async function examine(file: string): Promise<Examination> {
  const wasm = file.endsWith(".wasm") ? toUrl(file, baseUrl()) : undefined;
  const { manifest, base } = await loadManifest(wasm ? { name: "module" } : file, undefined);
  const module = await readModule(wasm ?? sourceOf(manifest, base));
  return {
    manifest: wasm ? undefined : manifest,
    module,
    demands: module === undefined ? [] : listDemands(module, manifest.allow),
    refusal: await refusalOf(loadPlugin(manifest, { base, wasm })),
  };
}

/** The outline, if there is one to read: what is wrong otherwise is for `loadPlugin` to say. */
async function readModule(url: URL | undefined): Promise<Module | undefined> {
  if (url === undefined) return undefined;
  try {
    const response = await fetch(url);
    return response.ok ? parseModule(await readBody(response)) : undefined;
  } catch {
    return undefined;
  }
}

async function refusalOf(loading: ReturnType<typeof loadPlugin>): Promise<LoadError | undefined> {
  try {
    await (await loading).close();
  } catch (error) {
    if (error instanceof LoadError) return error;
    throw error;
  }
}
