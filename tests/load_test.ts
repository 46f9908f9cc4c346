// loadPlugin: where manifests and modules come from, and all that is refused.
import { assert, assertEquals } from "@std/assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadPlugin, type PluginOptions } from "../mod.ts";
import { guest, refused } from "./support/plugin.ts";

const PING = await guest("script");

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Loads, calls ping, closes. */
async function ping(...args: Parameters<typeof loadPlugin>): Promise<void> {
  await using plugin = await loadPlugin(...args);
  assertEquals(await plugin.call("ping"), "pong");
}

// Manifests.

const BAD_MANIFESTS: [name: string, manifest: unknown, paths: string[]][] = [
  ["a number", 7, [""]],
  ["null", null, [""]],
  ["an array", [], [""]],
  ["no name", {}, ["name"]],
  ["an unknown key", { name: "p", extra: 1 }, ["extra"]],
  ["an unknown key in allow", { name: "p", allow: { files: [] } }, ["allow.files"]],
  ["an unknown key in limits", { name: "p", limits: { fule: 1 } }, ["limits.fule"]],
  ["an unknown key in wasm", { name: "p", wasm: { path: "a", hash: "" } }, ["wasm.hash"]],
  ["a name that is a number", { name: 7 }, ["name"]],
  ["methods that are a string", { name: "p", allow: { methods: "echo" } }, ["allow.methods"]],
  ["a method that is a number", { name: "p", allow: { methods: ["a", 1] } }, ["allow.methods[1]"]],
  ["a clock that is a number", { name: "p", allow: { clock: 1 } }, ["allow.clock"]],
  ["a limit that is a string", { name: "p", limits: { fuel: "1" } }, ["limits.fuel"]],
  ["a limit that is negative", { name: "p", limits: { timeoutMs: -1 } }, ["limits.timeoutMs"]],
  ["a limit with a fraction", { name: "p", limits: { memoryPages: 1.5 } }, ["limits.memoryPages"]],
  ["env outside allow.env", { name: "p", env: { HOME: "/" } }, ["env.HOME"]],
  ["args outside allow.args", { name: "p", args: ["-x"] }, ["args[0]"]],
  ["stdin of another kind", { name: "p", stdin: "closed" }, ["stdin"]],
  ["a url without its hash", { name: "p", wasm: { url: "https://a.test/a" } }, ["wasm.sha256"]],
  ["two mistakes", { name: "", limits: { queue: -1 } }, ["name", "limits.queue"]],
];

for (const [name, manifest, paths] of BAD_MANIFESTS) {
  Deno.test(`manifest refused: ${name}`, async () => {
    const promise = loadPlugin(manifest as { name: string }, { wasm: PING });
    await refused(
      promise.catch((error) => {
        const found = error.issues?.map(({ path }: { path: string }) => path);
        assertEquals(found, paths);
        for (const path of paths) assert(error.message.includes(path), error.message);
        throw error;
      }),
      { code: "manifest_invalid" },
    );
  });
}

/** A directory of files that is gone afterwards. */
async function withFiles(
  files: Record<string, string | Uint8Array>,
  use: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "rt-test-"));
  try {
    for (const [name, data] of Object.entries(files)) await writeFile(join(directory, name), data);
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const MANIFEST = JSON.stringify({ name: "test-plugin", wasm: { path: "./a b.wasm" } });

Deno.test("sources: a path, a URL, an object with a base", async () => {
  await withFiles({ "a b.wasm": PING, "manifest.json": MANIFEST }, async (directory) => {
    const base = pathToFileURL(directory + "/");
    const url = new URL("manifest.json", base);
    await ping(url);
    await ping(url.href);
    await ping(join(directory, "manifest.json"));
    await ping("./manifest.json", { base });
    await ping(JSON.parse(MANIFEST), { base });
    await ping(JSON.parse(MANIFEST), { base: base.href });
  });
});

Deno.test("sources: a manifest file that is no good", async () => {
  const files = { "half.json": '{"name":', "empty.json": "", "number.json": "7" };
  await withFiles(files, async (directory) => {
    const load = (name: string) => loadPlugin(join(directory, name), { wasm: PING });
    await refused(load("half.json"), { code: "manifest_invalid", message: /half\.json.*JSON/ });
    await refused(load("empty.json"), { code: "manifest_invalid", message: /empty\.json.*JSON/ });
    await refused(load("number.json"), { code: "manifest_invalid", message: /expected an object/ });
    await refused(load("none.json"), { code: "manifest_invalid", message: /none\.json/ });
    await refused(load("."), { code: "manifest_invalid" });
  });
});

// Modules: from where.

const sources: [name: string, wasm: () => PluginOptions["wasm"]][] = [
  ["bytes", () => PING],
  ["bytes inside a larger buffer", () => {
    const larger = new Uint8Array(PING.length + 20);
    larger.set(PING, 10);
    return larger.subarray(10, 10 + PING.length);
  }],
  ["an ArrayBuffer", () => PING.slice().buffer],
  ["a response", () => new Response(PING)],
  [
    "a response of another type",
    () => new Response(PING, { headers: { "content-type": "text/plain" } }),
  ],
];

for (const [name, wasm] of sources) {
  Deno.test(`wasm from ${name}`, async () => {
    await ping({ name: "test-plugin" }, { wasm: wasm() });
  });
}

Deno.test("wasm: options.wasm stands in for the manifest's", async () => {
  await ping({ name: "test-plugin", wasm: { path: "./nowhere.wasm" } }, { wasm: PING });
});

Deno.test("wasm: unreachable", async () => {
  const unreachable = { code: "wasm_unreachable" } as const;
  const manifest = { name: "test-plugin" };
  await refused(loadPlugin(manifest), { ...unreachable, message: /"test-plugin"/ });
  await withFiles({ "manifest.json": MANIFEST }, async (directory) => {
    await refused(loadPlugin(join(directory, "manifest.json")), {
      ...unreachable,
      message: /a%20b\.wasm|a b\.wasm/,
    });
  });
  const missing = new Response("no", { status: 404 });
  await refused(loadPlugin(manifest, { wasm: missing }), { ...unreachable, message: /404/ });
  const used = new Response(PING);
  await used.arrayBuffer();
  await refused(loadPlugin(manifest, { wasm: used }), unreachable);
});

Deno.test("wasm: over http", async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/ping.wasm" ? 200 : 404;
    response.end(request.url === "/ping.wasm" ? PING : "nothing here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const load = (path: string, sha256: string) =>
      loadPlugin({ name: "test-plugin", wasm: { url: origin + path, sha256 } });
    await using plugin = await load("/ping.wasm", await sha256(PING));
    assertEquals(await plugin.call("ping"), "pong");
    await refused(load("/ping.wasm", "0".repeat(64)), { code: "hash_mismatch" });
    await refused(load("/none.wasm", "0".repeat(64)), { code: "wasm_unreachable", message: /404/ });
    await ping({ name: "test-plugin" }, { wasm: new URL("/ping.wasm", origin) });
    await ping({ name: "test-plugin" }, { wasm: `${origin}/ping.wasm` });
    await ping({ name: "test-plugin" }, { wasm: "ping.wasm", base: origin });
    await ping({ name: "test-plugin", wasm: { path: "ping.wasm" } }, { base: origin + "/a.json" });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await refused(
    loadPlugin({ name: "test-plugin", wasm: { url: origin + "/a.wasm", sha256: "0".repeat(64) } }),
    { code: "wasm_unreachable" },
  );
});

Deno.test("wasm: its hash is checked, wherever it comes from", async () => {
  const right = await sha256(PING);
  const load = (sha256: string) => ({ name: "test-plugin", wasm: { path: "./a.wasm", sha256 } });
  await ping(load(right), { wasm: PING });
  await ping(load(right.toUpperCase()), { wasm: PING });
  const wrong = "0" + right.slice(1) === right ? "1" + right.slice(1) : "0" + right.slice(1);
  await refused(loadPlugin(load(wrong), { wasm: PING }), {
    code: "hash_mismatch",
    message: new RegExp(`${right}.*${wrong}`),
  });
});
