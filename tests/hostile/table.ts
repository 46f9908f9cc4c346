/**
 * What becomes of each guest in this folder. Its first line says what it does.
 *
 * @module
 */
import type { CallReport, ErrorCode } from "../../mod.ts";
import type { Expected, Members } from "../support/plugin.ts";

/** A guest, and how a call of it ends. */
export interface Row {
  /** Name of the file, without `.wat`. */
  readonly file: string;
  /** Members of the manifest; limits that it leaves out are those of `LIMITS`. */
  readonly manifest?: Members;
  /** Ms that it has, of those that `LIMITS` gives. */
  readonly timeoutMs?: number;
  /** Whether its report depends on how much of the second after its answer it gets, and so on who else runs. */
  readonly hurries?: boolean;
  /** Whether the guest does it before it reads its request. */
  readonly early?: boolean;
  /** How a call fails, or what it gives. */
  readonly ends: Expected | Success;
  /** The lines that it logs. */
  readonly log?: readonly string[];
}

/** A call that works. */
export interface Success {
  readonly result: unknown;
  readonly report?: Partial<CallReport>;
}

/** Limits of all guests, unless their row says otherwise. */
export const LIMITS: Members = {
  timeoutMs: 100_000,
  memoryPages: 16,
  messageBytes: 2 ** 20,
  logBytes: 65_536,
  hostCalls: 1000,
  hostCallsInFlight: 16,
};

const clock = { allow: { clock: true } };
const random = { allow: { random: true } };
const fails = (code: ErrorCode, more: Partial<Expected> = {}) => ({ ends: { code, ...more } });
const gives = (result: unknown, report?: Partial<CallReport>) => ({ ends: { result, report } });
/** A limit that ends the call, with its figure. */
const limited = (code: ErrorCode, name: string, limit: number, manifest: Members = {}) => ({
  manifest: { ...manifest, limits: { [name]: limit } },
  ...fails(code, { error: { limit } }),
});
const exits = (exitCode: number) => fails("exit", { error: { exitCode }, report: { exitCode } });

/** What never ends is ended by the deadline. */
function endless(names: string, more: Partial<Row> = {}): Row[] {
  const timeoutMs = 50;
  const ends = { code: "deadline_exceeded", error: { limit: timeoutMs } } as const;
  return each(names, { ...more, timeoutMs, ends });
}

/** What never rests is ended by the deadline, and by its fuel. */
function restless(names: string, more: Partial<Row> = {}): Row[] {
  return endless(names, more).flatMap((row) => [
    row,
    { ...row, timeoutMs: undefined, ...limited("out_of_fuel", "fuel", 100_000, more.manifest) },
  ]);
}

/** Several files of the same fate. */
function each(names: string, row: Omit<Row, "file">): Row[] {
  return names.trim().split(/\s+/).map((file) => ({ file, ...row }));
}

const SPINNING: Row[] = [
  ...restless(`
    spin_loop spin_br_table spin_nested spin_unreachable_code spin_multi_value spin_calls
    spin_call_indirect spin_return_call spin_return_call_indirect spin_catch_all spin_throw
    spin_try_table spin_delegate spin_memory_fill spin_memory_copy spin_table_fill
    spin_grow_nothing spin_division spin_sched_yield spin_poll spin_poll_write spin_write_nothing
    spin_read_nothing spin_bad_pointers memory_grow_spin`),
  ...restless("spin_early spin_start spin_start_catch_all", { early: true }),
  // These make the host work so much that their fuel would last for seconds.
  ...endless("spin_poll_crowd spin_iovecs"),
  ...endless("spin_random", { manifest: random }),
  ...restless("spin_clock", { manifest: clock }),
  // Parked, it burns hardly any fuel.
  ...endless("spin_read_again", { manifest: { stdin: "nonblocking" } }),
  {
    file: "spin_denied",
    ...limited("out_of_fuel", "fuel", 10_000),
    ...fails("out_of_fuel", {
      report: { denied: ["clock_time_get", "random_get", "path_unlink_file"] },
    }),
  },
];

const WAITING: Row[] = [
  ...endless("block_read block_poll_stdin block_poll_ages block_host block_reenter"),
  ...endless("block_poll_date", { manifest: clock }),
  ...endless("block_start", { early: true }),
];

const STACK: Row[] = [
  ...each("stack_recursion stack_mutual stack_catch_all stack_suspended stack_parameters", {
    ...fails("trap"),
  }),
  { file: "stack_suspended", manifest: { deterministic: {} }, ...fails("trap") },
  { file: "stack_start", early: true, ...fails("trap") },
  { file: "stack_wasi", manifest: random, ...fails("trap") },
  {
    file: "stack_lines",
    manifest: { limits: { hostCalls: 1e9, hostCallsInFlight: 1e9, logBytes: 1e9 } },
    ...fails("trap"),
  },
];

const MEMORY: Row[] = [
  { file: "memory_grow", ...gives(16, { memoryPages: 16 }) },
  { file: "memory_touch", ...gives(16, { memoryPages: 16 }) },
  { file: "memory_touch", manifest: { limits: { memoryPages: 100 } }, ...gives(100) },
  { file: "memory_grow_huge", ...gives(0, { memoryPages: 4 }) },
  ...each("memory_grow_trap memory_grow_exit", {
    ...fails("memory_exceeded", { error: { limit: 16 }, report: { memoryPages: 16 } }),
  }),
  { file: "memory_grow_early", early: true, ...fails("memory_exceeded") },
  { file: "memory_poison", ...gives(0) },
  ...each("memory_poison_trap memory_out_of_bounds memory_wait", { ...fails("trap") }),
  { file: "instance_data", ...fails("trap") },
  { file: "instance_elements", ...fails("trap") },
];

const COLLECTED: Row[] = [
  ...each("gc_array gc_arrays gc_garbage gc_list", {
    ...fails("memory_exceeded", { error: { limit: 16 } }),
  }),
  ...each("gc_garbage gc_list", limited("out_of_fuel", "fuel", 100_000)),
];

const TABLES: Row[] = [
  ...each("table_grow table_grow_extern table_grow_several", { ...gives(1000) }),
  { file: "table_grow_huge", ...gives(0) },
  ...restless("table_grow_spin"),
  { file: "table_initial", ...fails("wasm_unsupported") },
  { file: "table_poison", ...gives(0) },
  ...each("table_null table_signature", { ...fails("trap") }),
  { file: "table_proc_exit", ...exits(7) },
  { file: "export_table", ...gives(0) },
];

const LOGS: Row[] = [
  ...restless("log_lines"),
  ...endless("log_flood"),
  {
    file: "log_flood",
    ...limited("out_of_fuel", "fuel", 1_000_000),
    log: [
      "x".repeat(65_536),
      "(the log limit of 65536 bytes is reached, the rest is dropped)",
    ],
  },
  { file: "log_half", ...gives(0), log: ["half a"] },
  { file: "log_bytes", ...gives(0), log: ["\ufffd\ufffd\0\u001b[31m"] },
  { file: "log_spoof", ...gives(0), log: ["good-plugin: all is well\r"] },
];

const LINES: Row[] = [
  ...each("line_endless line_endless_in_one", {
    ...fails("message_too_large", { error: { limit: 2 ** 20 } }),
  }),
  ...each("line_flood line_invalid_utf8 line_overlong line_bom line_nul", fails("protocol")),
  { file: "line_half", ...exits(0) },
  { file: "line_half_trap", ...fails("trap") },
  { file: "line_surrogate", ...gives("\ud800") },
  { file: "line_carriage_return", ...gives(1) },
  { file: "line_bytes", ...gives([1, 2, 3]) },
];

const JSON_: Row[] = [
  {
    file: "json_proto",
    ...gives(JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    )),
  },
  { file: "json_proto_only", ...fails("protocol") },
  {
    file: "json_proto_method",
    ...gives(0, { denied: ["__proto__", "constructor", "toString"] }),
  },
  {
    file: "json_to_json",
    ...gives(0),
    log: ['{"jsonrpc":"2.0","id":1,"result":{"toJSON":1,"then":2,"valueOf":3}}'],
  },
  ...each("json_deep json_deep_params json_deep_open json_deep_objects", {
    ...fails("protocol", { message: /more than 1000 levels$/ }),
  }),
  { file: "json_numbers", ...gives([Infinity, -Infinity, 0, -0, 12345678901234567890123]) },
  { file: "json_duplicates", ...gives(2) },
];

const ANSWERS: Row[] = [
  ...each(
    `answer_nothing answer_own_request answer_twice answer_twice_batch answer_both answer_id_text
     answer_rubbish`,
    fails("protocol"),
  ),
  { file: "answer_nothing_early", early: true, ...fails("protocol") },
  {
    file: "answer_error_data",
    ...fails("rpc", {
      error: { rpcCode: -32001, data: JSON.parse('{"__proto__":{"polluted":1}}') },
    }),
  },
  // What they do afterwards does not undo the answer, but does not go on for ever either.
  ...each("answer_spin answer_log answer_ask eof_ignored eof_polled", {
    manifest: { limits: { fuel: 1_000_000 } },
    ...gives(0, { outcome: "ok", exitCode: null, hostCalls: 0 }),
  }),
  { file: "answer_spin", ...gives(0, { exitCode: null }) },
  { file: "answer_sleep", ...gives(0, { exitCode: null }) },
  { file: "answer_trap", ...gives(0, { exitCode: null }) },
  { file: "answer_exit", ...gives(0, { exitCode: 99 }) },
  { file: "answer_grow", hurries: true, ...gives(0, { memoryPages: 16 }) },
];

const FAILURE = (id: number) =>
  `{"jsonrpc":"2.0","id":${id},"error":{"code":-32603,"message":"Internal error"}}`;
const EIGHT = { limits: { hostCallsInFlight: 8 } };

/** What a report says of a name that begins with two letters of its own and goes on with x. */
const longName = (n: number) =>
  String.fromCharCode(97 + Math.floor(n / 26), 97 + n % 26) + "x".repeat(198);

const REQUESTS: Row[] = [
  { file: "ask_duplicate_ids", ...gives(0, { hostCalls: 2 }) },
  { file: "ask_strange", ...gives(0, { hostCalls: 8 }) },
  { file: "ask_methods", ...gives(0, { hostCalls: 6, denied: [""] }) },
  { file: "ask_denied", ...gives(0, { hostCalls: 3, denied: ["secret"] }) },
  {
    file: "ask_names",
    ...gives(0, { hostCalls: 80, denied: Array.from({ length: 64 }, (_, i) => longName(i)) }),
  },
  { file: "ask_throws", ...gives(0), log: [FAILURE(1), FAILURE(2)] },
  ...each("ask_unread ask_unread_slowly ask_notifications", {
    manifest: EIGHT,
    ...fails("too_many_host_calls", { error: { limit: 8, value: 9 } }),
  }),
  ...each("ask_storm ask_notifications_slowly", {
    manifest: { limits: { hostCalls: 50 } },
    ...fails("too_many_host_calls", { error: { limit: 50, value: 51 } }),
  }),
  { file: "ask_too_large", ...fails("message_too_large", { error: { limit: 2 ** 20 } }) },
  {
    file: "ask_large_unread",
    manifest: { limits: { hostCallsInFlight: 64 } },
    ...gives(0, { hostCalls: 64 }),
  },
  {
    file: "batch_huge",
    ...fails("too_many_host_calls", { error: { limit: 1000, value: 5000 } }),
  },
  ...each("batch_nested batch_empty batch_rubbish batch_zeros", fails("protocol")),
  {
    file: "batch_notifications",
    ...gives(0, { hostCalls: 2, denied: ["secret"] }),
  },
  { file: "batch_mixed", ...gives(0, { hostCalls: 1 }) },
];

const STREAMS: Row[] = [
  ...each("eof_half eof_never", { early: true, ...exits(0) }),
  { file: "close_stdin", ...gives(8) },
  ...each("close_stdout renumber_stdin", exits(8)),
  { file: "close_everything", ...exits(0) },
  { file: "renumber_swap", ...fails("exit", { report: { stdoutBytes: 0, exitCode: 0 } }) },
  { file: "renumber_stdout", ...fails("protocol", { report: { stderrBytes: 0 } }) },
  { file: "renumber_far", ...gives(0) },
  ...each("read_nothing iovec_count iovec_overlap_read poll_many poll_overlap", gives(0)),
  { file: "iovec_overlap_write", ...gives(0, { stderrBytes: 1024 * 0x30000 }) },
  { file: "iovec_total", manifest: { limits: { memoryPages: 64 } }, ...gives(28) },
  { file: "poll_none", ...gives(28) },
];

const ENDS: Row[] = [
  { file: "exit_start", early: true, ...exits(3) },
  { file: "exit_catch_all", ...exits(4) },
  { file: "exit_code", ...exits(0xffff_ffff) },
  { file: "exit_raise", ...exits(128 + 9) },
  { file: "throw_exit", ...exits(5) },
  { file: "throw_start", early: true, ...fails("trap") },
  ...each("throw_out trap_unreachable trap_division", fails("trap")),
];

const REFUSED: Row[] = [
  ...each(
    `refused_own_import refused_fuel_import refused_memory_import refused_table_import
     refused_signature refused_name refused_wait`,
    fails("import_denied"),
  ),
  ...each(
    `refused_fuel_export refused_hook_export refused_memory_pages refused_second_memory
     refused_memory64 refused_shared`,
    fails("wasm_unsupported"),
  ),
  ...each("refused_no_start refused_start_parameters refused_no_memory", fails("export_missing")),
];

/** All of them. */
export const ROWS: readonly Row[] = [
  ...SPINNING,
  ...WAITING,
  ...STACK,
  ...MEMORY,
  ...COLLECTED,
  ...TABLES,
  ...LOGS,
  ...LINES,
  ...JSON_,
  ...ANSWERS,
  ...REQUESTS,
  ...STREAMS,
  ...ENDS,
  ...REFUSED,
];
