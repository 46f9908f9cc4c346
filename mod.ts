/**
 * Untrusted WebAssembly plugins: on the engine's own JIT, in one thread, with a capability manifest, fuel, a fresh instance for
 * each call, and JSON-RPC over stdio.
 *
 * @example
 * ```ts
 * import { loadPlugin } from "@wasm-plugin/rt";
 *
 * await using plugin = await loadPlugin("./manifests/test-plugin.json", {
 *   host: { echo: (params) => params },
 * });
 * const { result, report } = await plugin.callWithReport("prime_sieve", 1000, { timeoutMs: 500 });
 * console.log(result, report.fuel);
 * ```
 *
 * @module
 */

export {
  type CallReport,
  CapabilityError,
  type ErrorCode,
  ExitError,
  type FunctionFuel,
  type Issue,
  LimitError,
  type LimitErrorCode,
  LoadError,
  type LoadErrorCode,
  ManifestError,
  PluginError,
  ProtocolError,
  RpcError,
  TrapError,
} from "./lib/errors.ts";
export {
  createHost,
  type Host,
  type HostContext,
  type HostHandler,
  type HostMethods,
  type LogEntry,
  type MethodSchemas,
} from "./lib/host.ts";
export {
  type Allow,
  type Deterministic,
  type Limits,
  type Manifest,
  type ManifestInput,
  manifestJsonSchema,
  manifestSchema,
  parseManifest,
  type WasmSource,
} from "./lib/manifest.ts";
export {
  type CallOptions,
  loadPlugin,
  type Plugin,
  type PluginOptions,
  type PluginStats,
  type WasmInput,
} from "./lib/plugin.ts";
export { now, sleep, yieldNow } from "./lib/runtime.ts";
export type { MeterAbi, MeterMemory, MeterProfile } from "./lib/wasm/abi.ts";
export { meterModule, type MeterOptions } from "./lib/wasm/meter.ts";
