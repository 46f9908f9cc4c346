/**
 * From a manifest to a module that can run: fetch, hash, validate, check imports, meter, compile.
 *
 * @module
 */

import { LoadError, type LoadErrorCode, loadMessage, quote, reasonOf } from "./errors.ts";
import { type Manifest, manifestError, type ManifestInput, parseManifest } from "./manifest.ts";
import { baseUrl, hasSuspension } from "./runtime.ts";
import { WASI_MODULE } from "./wasi/abi.ts";
import { WASI_FUNCTIONS } from "./wasi/table.ts";
import type { GuestModule } from "./wasm/abi.ts";
import { Writer } from "./wasm/bytes.ts";
import { checkInstantiation, MAX_MODULE_BYTES, MAX_TABLE_ELEMENTS } from "./wasm/ceilings.ts";
import { checkInterface } from "./wasm/imports.ts";
import { meterModule } from "./wasm/meter.ts";
import { parseModule } from "./wasm/module.ts";

/** A WebAssembly module from the program that loads a plugin: its bytes, a response with them, or a URL or path to fetch them from. */
export type WasmInput = Uint8Array | ArrayBuffer | Response | URL | string;

/** Bytes of a page of memory. */
const PAGE_BYTES = 65_536;

/** By name: the signature of each WASI function. */
const WASI_SIGNATURES: ReadonlyMap<string, string> = new Map(
  WASI_FUNCTIONS.map(({ name, params, results }) => [name, `${params.join()}->${results.join()}`]),
);

/** A manifest, and the URL against which its paths resolve. */
export interface LocatedManifest {
  readonly manifest: Manifest;
  readonly base: URL;
}

/**
 * Reads a manifest.
 *
 * @param source A path, a URL, or the manifest itself.
 * @param base What a path of `source`, or else the manifest's own paths, are relative to; where the program runs unless given.
 * @throws {ManifestError} It cannot be fetched, is not JSON, or is not a manifest.
 */
export async function loadManifest(
  source: string | URL | ManifestInput,
  base: string | URL | undefined,
): Promise<LocatedManifest> {
  const root = () => base === undefined ? baseUrl() : new URL(base, baseUrl());
  if (typeof source !== "string" && !(source instanceof URL)) {
    return { manifest: frozen(parseManifest(source)), base: root() };
  }
  const fail = (what: string, cause: unknown) => {
    const message = `${quote(String(source))} ${what}: ${reasonOf(cause)}`;
    return manifestError([{ path: "", message }], { cause });
  };
  const url = source instanceof URL ? source : toUrl(source, root());
  const text = await fetchFrom(url).then((response) => response.text()).catch((error) => {
    throw fail("cannot be fetched", error);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fail("is not JSON", error);
  }
  return { manifest: frozen(parseManifest(json)), base: url };
}

/**
 * Fetches, checks, meters and compiles the module of a plugin.
 *
 * @param wasm In place of what the manifest says; its `sha256`, if it has one, holds all the same.
 * @param profile Whether it is to be known which function burns what.
 * @throws {LoadError} With any code but `export_missing` for a memory: see {@linkcode LoadErrorCode}.
 */
export async function loadModule(
  { manifest, base }: LocatedManifest,
  wasm: WasmInput | undefined,
  profile: boolean,
): Promise<GuestModule> {
  const refuse = (code: LoadErrorCode, what: string, cause?: unknown) =>
    new LoadError(code, loadMessage(manifest.name, what), { cause });
  if (!hasSuspension()) {
    const what =
      "this engine cannot suspend WebAssembly (JSPI); Deno 2.9, Bun 1.4, Chromium 137 and Node.js 26 can";
    throw refuse("runtime_unsupported", what);
  }
  const input = typeof wasm === "string" ? toUrl(wasm, base) : wasm ?? sourceOf(manifest, base);
  if (input === undefined) {
    throw refuse("wasm_unreachable", "neither its manifest nor the options say where its wasm is");
  }
  const bytes = await readWasm(input).catch((error) => {
    if (error instanceof LoadError) throw refuse(error.code, error.message, error);
    const from = input instanceof URL ? ` ${quote(input.href)}` : "";
    throw refuse(
      "wasm_unreachable",
      `its wasm${from} cannot be fetched: ${reasonOf(error)}`,
      error,
    );
  });
  await checkHash(bytes, manifest.wasm?.sha256, (what) => refuse("hash_mismatch", what));
  try {
    const outline = parseModule(bytes);
    checkInterface(outline, WASI_SIGNATURES, WASI_MODULE);
    checkInstantiation(outline);
    const { memoryPages } = manifest.limits;
    const metered = meterModule(bytes, {
      maxPages: memoryPages,
      maxElements: MAX_TABLE_ELEMENTS,
      // As much in the engine's heap as in its own memory.
      maxAllocated: memoryPages * PAGE_BYTES,
      callsAfterGrowth: true,
      profile,
    });
    const { abi: { memory, ...abi } } = metered;
    if (memory === undefined) throw new LoadError("export_missing", "there is no memory");
    return { module: await compile(metered.bytes), abi: { ...abi, memory } };
  } catch (error) {
    if (error instanceof LoadError) throw refuse(error.code, error.message, error);
    throw error;
  }
}

/** The manifest is the law, so nobody changes it while it holds. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** The URL of a path; of a text that is a URL (not a drive letter) already, that one. */
export function toUrl(text: string, base: URL): URL {
  if (/^[a-z][a-z\d+.\-]+:/i.test(text)) return new URL(text);
  return new URL(text.replace(/[%?#]/g, encodeURIComponent), base);
}

/** Where a manifest says that its module is, if it does. */
export function sourceOf({ wasm }: Manifest, base: URL): URL | undefined {
  if (wasm?.path !== undefined) return toUrl(wasm.path, base);
  if (wasm?.url !== undefined) return new URL(wasm.url);
}

async function readWasm(input: Exclude<WasmInput, string>): Promise<Uint8Array<ArrayBuffer>> {
  if (input instanceof Uint8Array || input instanceof ArrayBuffer) {
    checkSize(input.byteLength, MAX_MODULE_BYTES);
    // A copy: what is metered must be what was hashed, whatever the caller does with its bytes.
    return new Uint8Array(input).slice();
  }
  return await readBody(input instanceof URL ? await fetchFrom(input) : ok(input));
}

/**
 * Reads the body of a response, of at most so many bytes. Where there are more, or it says that there are, it is let go of.
 *
 * @throws {LoadError} `wasm_unsupported`: there are more.
 */
export async function readBody(
  response: Response,
  most: number = MAX_MODULE_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const { body, bodyUsed, headers } = response;
  if (bodyUsed) throw new TypeError("the response has been read before");
  const announced = Number(headers.get("content-length") ?? 0);
  if (announced > most) {
    await body?.cancel();
    checkSize(announced, most);
  }
  const out = new Writer();
  // Leaving the loop cancels the stream.
  for await (const chunk of body ?? []) {
    checkSize(out.length + chunk.length, most);
    out.bytes(chunk);
  }
  return out.finish();
}

function checkSize(bytes: number, most: number): void {
  if (bytes <= most) return;
  const what = `its wasm has at least ${bytes} bytes, of which ${most} are allowed`;
  throw new LoadError("wasm_unsupported", what);
}

async function fetchFrom(url: URL): Promise<Response> {
  return ok(await fetch(url));
}

function ok(response: Response): Response {
  if (!response.ok) throw new TypeError(`status ${response.status} ${response.statusText}`.trim());
  return response;
}

async function checkHash(
  bytes: Uint8Array<ArrayBuffer>,
  expected: string | undefined,
  refuse: (what: string) => LoadError,
): Promise<void> {
  if (expected === undefined) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const actual = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (actual !== expected) throw refuse(`its wasm has the SHA-256 ${actual}, not ${expected}`);
}

async function compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    // It was valid before, so metering has brought it over a limit of the engine, on the size of functions for one.
    const what = `the engine does not take the metered module: ${reasonOf(error)}`;
    throw new LoadError("wasm_unsupported", what, { cause: error });
  }
}
