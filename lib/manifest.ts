import { z } from "zod";
import { type Issue, ManifestError } from "./errors.ts";
import { issueText, type Schema, toIssues } from "./schema.ts";

/** Where the module is: `path`, or `url` and `sha256`. */
export interface WasmSource {
  /** Relative to the manifest. */
  path?: string;
  /** `http:` or `https:`; needs `sha256`. */
  url?: string;
  /** SHA-256 of the file, 64 hexadecimal digits in lower case. */
  sha256?: string;
}

/** What a plugin may do. Nothing else: each entry is empty or `false` when a manifest leaves it out. */
export interface Allow {
  /** Host methods: exact names, or `prefix.*`. */
  methods: string[];
  /** Names of environment variables. */
  env: string[];
  /** Exact command line arguments. */
  args: string[];
  /** Whether the guest may read the clocks; `"coarse"`: in whole milliseconds. */
  clock: boolean | "coarse";
  /** Whether the guest may get random bytes. */
  random: boolean;
}

/** What calls start from that are to be alike. */
export interface Deterministic {
  /** What random bytes follow from. They are nothing for secrets. */
  seed: number;
  /** The time at which each call begins, in ms since the epoch. */
  startMs: number;
}

/** What a call may use at most. */
export interface Limits {
  /** Fuel for one call, in units; unlimited when absent. */
  fuel?: number;
  /** From a call until its answer, the time in the queue included, in ms. */
  timeoutMs: number;
  /** Size of a guest's memory in pages of 64 KiB. */
  memoryPages: number;
  /** Length of one JSON-RPC message in bytes, in either direction. */
  messageBytes: number;
  /** What a guest may write to stderr during a call, in bytes. */
  logBytes: number;
  /** Requests and notifications of a guest during a call. */
  hostCalls: number;
  /** Requests of a guest that wait for their answer at the same time. */
  hostCallsInFlight: number;
  /** Calls of the plugin that run at the same time. */
  concurrency: number;
  /** Calls of the plugin that wait for their turn. */
  queue: number;
}

/** A manifest as it was checked, with all that it left out filled in. */
export interface Manifest {
  /** Where the JSON Schema of manifests is, for editors. */
  $schema?: string;
  /** Name in messages and logs, and `argv[0]` of the guest. */
  name: string;
  /** Version of the plugin, for people. */
  version?: string;
  /** What the plugin is for, for people. */
  description?: string;
  /** The module; absent when `loadPlugin` is given one. */
  wasm?: WasmSource;
  /** What the plugin may do. */
  allow: Allow;
  /** Environment variables of every guest. */
  env: Record<string, string>;
  /** Command line arguments of every guest, after `argv[0]`. */
  args: string[];
  /** What reading an empty stdin does: suspends the guest, or answers `EAGAIN`. */
  stdin: "blocking" | "nonblocking";
  /** Makes calls that are given the same do the same, to the byte and to the unit of fuel; absent when clocks and random bytes are the machine's. */
  deterministic?: Deterministic;
  /** What a call may use at most. */
  limits: Limits;
}

/** A manifest as it is written: only the name is required. */
export interface ManifestInput
  extends Partial<Omit<Manifest, "name" | "wasm" | "allow" | "deterministic" | "limits">> {
  /** Name in messages and logs, and `argv[0]` of the guest. */
  name: string;
  /** The module; absent when `loadPlugin` is given one. */
  wasm?: WasmSource;
  /** What the plugin may do. */
  allow?: Partial<Allow>;
  /** Makes calls that are given the same do the same; what it leaves out is 0. */
  deterministic?: Partial<Deterministic>;
  /** What a call may use at most. */
  limits?: Partial<Limits>;
}

const TEXT = "expected a string";
const withoutNul = () =>
  z.string(TEXT).refine((text) => !text.includes("\0"), "expected a string without NUL");
const flag = () => z.boolean("expected true or false").default(false);

const PRINTABLE = /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u;
// No scheme and no host: a path must not lead away from where the manifest came from.
const RELATIVE = /^(?!\s)(?![A-Za-z][\w+.\-]*:)(?![\/\\]{2})\P{Cc}+$/u;
const HTTP = /^https?:\/\/[^\s\/]/;
const SHA256 = /^[0-9A-Fa-f]{64}$/;
// What assigning to `__proto__` does to an object is nothing that a variable should do.
const VARIABLE = /^(?!__proto__$)[^=\p{Cc}]+$/u;
const METHOD = /^[^*]+(\.\*)?$/;

const NAME = "expected a name of a variable, without = and control characters";
const variable = z.string(TEXT).regex(VARIABLE, NAME);

const wasm = z.strictObject({
  path: z.string(TEXT).regex(RELATIVE, "expected a path, without scheme and host").optional()
    .describe("Path of the module, relative to the manifest."),
  url: z.string(TEXT).regex(HTTP, { error: "expected an http or https URL", abort: true })
    .refine((url) => URL.canParse(url), "expected a URL").optional()
    .describe("Address of the module; needs sha256."),
  sha256: z.string(TEXT).regex(SHA256, "expected 64 hexadecimal digits").toLowerCase().optional()
    .describe("SHA-256 of the module, in hexadecimal digits."),
}, "expected an object").superRefine((source, ctx) => {
  const refuse = (path: string[], message: string) =>
    ctx.addIssue({ code: "custom", path, message, input: source });
  if ((source.path === undefined) === (source.url === undefined)) {
    refuse([], "expected either path or url");
  } else if (source.url !== undefined && source.sha256 === undefined) {
    refuse(["sha256"], "expected the SHA-256 of what the url holds");
  }
}).meta({
  description: "The module. May be left out where the program that loads the plugin has it.",
  oneOf: [{ required: ["path"], not: { required: ["url"] } }, { required: ["url", "sha256"] }],
});

const list = (of: z.ZodType<string, string>) => z.array(of, "expected an array").default([]);

const allow = z.strictObject({
  methods: list(
    z.string(TEXT).regex(METHOD, "expected a method name, or a prefix that ends in .*"),
  ).describe("Host methods that the guest may call: exact names, or prefix.*."),
  env: list(variable).describe("Names of the environment variables that the guest may see."),
  args: list(withoutNul()).describe("Exact arguments that the guest may be given."),
  clock: z.union([z.boolean(), z.literal("coarse")], 'expected true, false or "coarse"')
    .default(false)
    .describe('Whether the guest may read the clocks; "coarse": in whole milliseconds.'),
  random: flag().describe("Whether the guest may get random bytes."),
}, "expected an object");

const variables = z.preprocess(
  // A zod record leaves `__proto__` out of its result without a word.
  (env: Record<string, string> | undefined, ctx) => {
    if (typeof env === "object" && env !== null && Object.hasOwn(env, "__proto__")) {
      ctx.addIssue({ code: "custom", path: ["__proto__"], message: NAME, input: env });
    }
    return env;
  },
  z.record(variable, withoutNul(), {
    error: ({ code }) => code === "invalid_key" ? NAME : "expected an object",
  }).default({}),
);

// The moment up to which a guest can count the nanoseconds in an i64, in the year 2262.
const LATEST_START_MS = Math.floor(2 ** 63 / 1e6);

const count = (least: 0 | 1, most?: number) => {
  const range = most === undefined ? "" : ` up to ${most}`;
  const what = `expected a ${least === 0 ? "non-negative" : "positive"} integer${range}`;
  const integer = z.int({ error: what, abort: true }).min(least, what);
  return most === undefined ? integer : integer.max(most, what);
};

const deterministic = z.strictObject({
  seed: count(0).default(0).describe("What random bytes follow from; nothing for secrets."),
  startMs: count(0, LATEST_START_MS).default(0)
    .describe("The time at which each call begins, in milliseconds since the epoch."),
}, "expected an object");

const limits = z.strictObject({
  fuel: count(1).optional().describe("Fuel for one call, in units. Unlimited when left out."),
  timeoutMs: count(1).default(30_000)
    .describe("From a call until its answer, the time in the queue included, in milliseconds."),
  memoryPages: count(1, 65_536).default(1024)
    .describe("Size of the guest's memory, in pages of 64 KiB."),
  messageBytes: count(1).default(8 * 2 ** 20)
    .describe("Length of one message in either direction, in bytes."),
  logBytes: count(1).default(2 ** 20)
    .describe("What the guest may write to stderr during a call, in bytes."),
  hostCalls: count(0).default(100_000)
    .describe("Requests and notifications of the guest during a call."),
  hostCallsInFlight: count(1).default(64)
    .describe("Requests of the guest that wait for their answer at the same time."),
  concurrency: count(1).default(32).describe("Calls that run at the same time."),
  queue: count(0).default(1024).describe("Calls that wait for their turn."),
}, "expected an object");

/**
 * The zod schema of manifests, strict at every level: from what is written to what was checked.
 *
 * @example
 * ```ts
 * import { manifestSchema } from "@wasm-plugin/rt";
 *
 * manifestSchema.parse({ name: "p" }).limits.timeoutMs; // 30000
 * manifestSchema.safeParse({ name: "p", limit: {} }).success; // false
 * ```
 */
export const manifestSchema: Schema<Manifest, ManifestInput> = z.strictObject({
  $schema: z.string(TEXT).optional().describe("Where this JSON Schema is, for editors."),
  name: z.string(TEXT).regex(PRINTABLE, "expected 1 to 128 printable characters")
    .describe("Name in messages and logs, and argv[0] of the guest."),
  version: z.string(TEXT).optional().describe("Version of the plugin, for people."),
  description: z.string(TEXT).optional().describe("What the plugin is for, for people."),
  wasm: wasm.optional(),
  allow: allow.prefault({}).describe("What the plugin may do: nothing but what is stated here."),
  env: variables
    .describe("Environment variables of the guest. Each name must be in allow.env."),
  args: list(withoutNul()).describe("Arguments of the guest. Each must be in allow.args."),
  stdin: z.enum(["blocking", "nonblocking"], 'expected "blocking" or "nonblocking"')
    .default("blocking")
    .describe("Whether reading an empty stdin suspends the guest or answers EAGAIN."),
  deterministic: deterministic.optional().describe(
    "Makes calls alike: the clock counts fuel and sleep, random bytes follow from the seed.",
  ),
  limits: limits.prefault({}).describe("What a call may use at most."),
}, "expected an object").superRefine((manifest, ctx) => {
  const refuse = (path: PropertyKey[], message: string) =>
    ctx.addIssue({ code: "custom", path, message, input: manifest });
  const allowed = { env: new Set(manifest.allow.env), args: new Set(manifest.allow.args) };
  for (const name of Object.keys(manifest.env)) {
    if (!allowed.env.has(name)) refuse(["env", name], "expected a name of allow.env");
  }
  for (const [index, arg] of manifest.args.entries()) {
    if (!allowed.args.has(arg)) refuse(["args", index], "expected one of allow.args");
  }
}).meta({ title: "Manifest of a WebAssembly plugin" });

const SHOWN_ISSUES = 4;

/**
 * Checks a manifest and fills in what it leaves out.
 *
 * @param manifest what `JSON.parse` made of it, or an object written as one
 * @throws {ManifestError} with everything that is wrong in `issues`, and the first few in its message
 *
 * @example
 * ```ts
 * import { parseManifest } from "@wasm-plugin/rt";
 *
 * const { limits } = parseManifest({ name: "p", limits: { fuel: 5e7 } });
 * parseManifest({ name: "p", limits: { fuel: -1 } }); // ManifestError: … limits.fuel: expected a positive integer
 * ```
 */
export function parseManifest(manifest: unknown): Manifest {
  const parsed = manifestSchema.safeParse(manifest);
  if (parsed.success) return parsed.data;
  throw manifestError(toIssues(parsed.error.issues));
}

/** A {@linkcode ManifestError} whose message shows the first few issues. */
export function manifestError(issues: readonly Issue[], options?: ErrorOptions): ManifestError {
  const shown = issues.slice(0, SHOWN_ISSUES).map(issueText);
  if (issues.length > SHOWN_ISSUES) shown.push(`and ${issues.length - SHOWN_ISSUES} more`);
  return new ManifestError(`Cannot read manifest: ${shown.join(", ")}`, issues, options);
}

/**
 * The JSON Schema of manifests as they are written (draft 2020-12).
 *
 * @example
 * ```ts
 * import { manifestJsonSchema } from "@wasm-plugin/rt";
 *
 * console.log(JSON.stringify(manifestJsonSchema(), null, 2));
 * ```
 */
export function manifestJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(manifestSchema, { io: "input" });
}
