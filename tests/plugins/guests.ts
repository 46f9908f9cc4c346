/**
 * The guests of the contract test: a row for each example plugin, and in it what truly differs.
 *
 * @module
 */

/** The methods that every guest answers. `examples/plugins/README.md` says what each does. */
export const METHODS = [
  "ping",
  "get_random_number",
  "get_time",
  "sleep",
  "many_echo",
  "prime_sieve",
  "echo",
  "log",
  "fail",
  "host",
] as const;

export type Method = typeof METHODS[number];

/** A guest, and how it differs from the others. */
export interface Guest {
  /** The plugin's name in `examples/build.ts`; its manifest is `manifests/<name>.json`. */
  readonly name: string;
  /** The methods that it answers, if not all. */
  readonly methods?: readonly Method[];
  /** What its language's runtime asks for before the plugin's first line and is refused when nothing is granted: so it gives up. */
  readonly asksFor?: readonly string[];
  /** The code of every error that is not JSON-RPC's own; of all errors no more than the message is left. */
  readonly errorCode?: number;
}

/** The crate has one code for errors that JSON-RPC does not define, and no data. The keys of its maps are random. */
const UPSTREAM = { errorCode: -32000, asksFor: ["random_get"] };

/** Every row of `PLUGINS` in `examples/build.ts` has one here. */
export const GUESTS: readonly Guest[] = [
  { name: "test-plugin" },
  { name: "rust" },
  { name: "rust-upstream", ...UPSTREAM },
  { name: "rust-upstream-async", ...UPSTREAM },
  { name: "go", asksFor: ["clock_time_get"] },
  { name: "c" },
  { name: "javascript" },
  { name: "python", asksFor: ["clock_time_get", "random_get"] },
  { name: "wat", methods: ["ping"] },
];
