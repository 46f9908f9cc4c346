/**
 * What every guest must do, whatever it is written in.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { PluginError } from "../../mod.ts";
import { assertPluginError, rejection } from "../support/plugin.ts";
import { type Guest, type Method, METHODS } from "./guests.ts";
import { BAD_PARAMS, ERRORS, LARGE, REPEATED, TEXT, VALUES } from "./samples.ts";
import { BREAKS, HOST_ERROR, Subject, THROWS } from "./subject.ts";

/** A part of the contract. */
export interface Check {
  readonly name: string;
  /** The methods that it calls: it is not made of a guest that lacks one. */
  readonly methods: readonly Method[];
  readonly run: (subject: Subject, guest: Guest) => Promise<void>;
}

const METHOD_NOT_FOUND = -32601, INVALID_PARAMS = -32602, INTERNAL = -32603, DENIED = -32001;

/** Methods that see what differs from call to call. */
const SEES: ReadonlySet<Method> = new Set(["get_random_number", "get_time", "sleep"]);

interface GuestError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** An error as it arrives from that guest. */
function arrived({ code, message, data }: GuestError, { errorCode }: Guest): GuestError {
  if (errorCode === undefined) return { code, message, data };
  const isPredefined = code >= -32768 && code <= -32600;
  return { code: isPredefined ? code : errorCode, message, data: undefined };
}

/** The contract, in the order of its tests. */
export const CHECKS: readonly Check[] = [
  {
    name: "ping",
    methods: ["ping"],
    async run(subject) {
      assertEquals(await subject.result("ping"), "pong");
      assertEquals(subject.log(), []);
    },
  },
  {
    name: "get_random_number: any u64",
    methods: ["get_random_number"],
    async run(subject) {
      const numbers = [1, 2, 3].map(() => subject.result("get_random_number") as Promise<number>);
      const found = await Promise.all(numbers);
      for (const number of found) assert(Number.isInteger(number) && number >= 0, `${number}`);
      assert(Math.max(...found) <= 2 ** 64);
      assertEquals(new Set(found).size, 3);
    },
  },
  {
    name: "get_time: seconds since 1970",
    methods: ["get_time"],
    async run(subject) {
      const before = Math.floor(Date.now() / 1000);
      const time = await subject.result("get_time") as number;
      assert(Number.isInteger(time) && time >= before && time <= Date.now() / 1000, `${time}`);
    },
  },
  {
    name: "sleep: not less than asked for",
    methods: ["sleep"],
    async run(subject) {
      const { result, report } = await subject.plugin.callWithReport("sleep", 50);
      assertEquals(result, null);
      assertGreaterOrEqual(report.durationMs, 50);
      assertEquals(await subject.result("sleep", 0), null);
    },
  },
  {
    name: "sleep: stopped by a deadline",
    methods: ["sleep"],
    async run({ plugin }) {
      const error = await rejection(plugin.call("sleep", 600_000, { timeoutMs: 1000 }));
      const report = { exitCode: null, outcome: "deadline_exceeded" } as const;
      assertPluginError(error, { code: "deadline_exceeded", report });
    },
  },
  {
    name: "many_echo: one host call after another",
    methods: ["many_echo"],
    async run(subject) {
      for (const n of [0, 1, 100]) {
        assertEquals(await subject.result("many_echo", n, { hostCalls: n }), null);
        assertEquals(subject.echoed(), Array.from({ length: n }, (_, i) => i));
      }
    },
  },
  {
    name: "prime_sieve: counts up to and with the limit",
    methods: ["prime_sieve"],
    async run(subject) {
      for (const [limit, count] of [[0, 0], [1, 0], [2, 1], [7, 4], [1000, 168], [30_000, 3245]]) {
        assertEquals(await subject.result("prime_sieve", limit), { count, limit });
      }
    },
  },
  {
    name: "prime_sieve: stopped by fuel",
    methods: ["prime_sieve"],
    async run({ plugin }) {
      const { report } = await plugin.callWithReport("prime_sieve", 30_000);
      const fuel = Math.floor(report.fuel / 2);
      const error = await rejection(plugin.call("prime_sieve", 30_000, { fuel }));
      const stopped = { exitCode: null, outcome: "out_of_fuel" } as const;
      assertPluginError(error, { code: "out_of_fuel", report: stopped });
    },
  },
  {
    name: "an unknown method is -32601",
    methods: ["ping"],
    async run(subject) {
      for (const method of ["nope", "Ping", "ping ", "", "toString", "__proto__", TEXT]) {
        await subject.error(method, null, { code: METHOD_NOT_FOUND });
      }
      assertEquals(await subject.result("ping"), "pong");
    },
  },
  {
    name: "bad params are -32602",
    methods: BAD_PARAMS.map(([method]) => method),
    async run(subject) {
      for (const [method, ...rows] of BAD_PARAMS) {
        for (const params of rows) {
          await subject.error(method, params, { code: INVALID_PARAMS });
        }
      }
    },
  },
  {
    name: "echo: any JSON comes back",
    methods: ["echo"],
    async run(subject) {
      for (const value of VALUES) assertEquals(await subject.result("echo", value), value);
    },
  },
  {
    name: "echo: 1 MB of params, 1 MB of result",
    methods: ["echo"],
    async run(subject) {
      for (const [name, value] of LARGE) {
        const result = await subject.result("echo", value);
        assert(JSON.stringify(result) === JSON.stringify(value), name);
      }
    },
  },
  {
    name: "echo: nesting of 100 levels",
    methods: ["echo"],
    async run(subject) {
      for (const [open, close] of [["[", "]"], ['{"a":', "}"], ['[{"a":', "}]"]]) {
        const levels = 100 / (open.match(/[[{]/g)!.length);
        const nested = JSON.parse(open.repeat(levels) + "0" + close.repeat(levels));
        assertEquals(await subject.result("echo", nested), nested);
      }
    },
  },
  {
    name: "log: a line with its level on stderr",
    methods: ["log"],
    async run(subject) {
      for (const text of ["hello", "", TEXT, "x".repeat(5000)]) {
        assertEquals(await subject.result("log", text), null);
        assertEquals(subject.log(), [`info: ${text}`]);
      }
    },
  },
  {
    name: "fail: an error arrives with its code, message and data",
    methods: ["fail"],
    async run(subject, guest) {
      for (const error of ERRORS) await subject.error("fail", error, arrived(error, guest));
    },
  },
  {
    name: "host: a granted method",
    methods: ["host"],
    async run(subject) {
      for (const params of VALUES) {
        const result = await subject.result("host", { method: "echo", params }, { hostCalls: 1 });
        assertEquals(result, params);
        assertEquals(subject.echoed(), [params]);
      }
    },
  },
  {
    name: "host: 1 MB to the host and back",
    methods: ["host"],
    async run(subject) {
      for (const [name, params] of LARGE) {
        const result = await subject.result("host", { method: "echo", params }, { hostCalls: 1 });
        assert(JSON.stringify(result) === JSON.stringify(params), name);
      }
    },
  },
  {
    name: "host: an error of the host's is passed on as it is",
    methods: ["host"],
    async run(subject, guest) {
      const once = { hostCalls: 1 };
      const error = arrived(HOST_ERROR, guest);
      await subject.error("host", { method: "echo", params: THROWS }, error, once);
      const internal = arrived({ code: INTERNAL, message: "Internal error" }, guest);
      await subject.error("host", { method: "echo", params: BREAKS }, internal, once);
    },
  },
  {
    name: "host: a refused method",
    methods: ["host"],
    async run(subject, guest) {
      const method = "secret.read";
      const error = { code: DENIED, message: "capability denied", data: { method } };
      const receipt = { hostCalls: 1, denied: [method] };
      await subject.error("host", { method, params: null }, arrived(error, guest), receipt);
      assertEquals(subject.refusedRan(), 0);
    },
  },
  {
    name: "50 calls at once keep apart",
    methods: ["echo", "log", "host", "fail"],
    async run(subject, guest) {
      const calls = Array.from({ length: 50 }, async (_, i) => {
        const params = { i, text: `${TEXT} ${i}` };
        const { plugin } = subject;
        if (i % 4 === 0) return assertEquals(await plugin.call("echo", params), params);
        if (i % 4 === 1) {
          const { report } = await plugin.callWithReport("log", params.text);
          return assertEquals(subject.log(report.callId), [`info: ${params.text}`]);
        }
        if (i % 4 === 2) {
          const asked = { method: "echo", params };
          const { result, report } = await plugin.callWithReport("host", asked);
          assertEquals(subject.echoed(report.callId), [params]);
          return assertEquals(result, params);
        }
        const error = { code: i, message: params.text, data: params };
        await subject.error("fail", error, arrived(error, guest));
      });
      await Promise.all(calls);
    },
  },
  {
    name: "50 pings at once",
    methods: ["ping"],
    async run(subject) {
      const pings = Array.from({ length: 50 }, () => subject.result("ping"));
      assertEquals(new Set(await Promise.all(pings)), new Set(["pong"]));
    },
  },
  {
    name: "without the grant no random numbers, and no clock",
    methods: ["get_random_number", "get_time"],
    async run(_, guest) {
      const asks = [
        ["get_random_number", "random_get", { random: false }],
        ["get_time", "clock_time_get", { clock: false }],
      ] as const;
      for (const [method, asked, withheld] of asks) {
        await using confined = await Subject.load(guest.name, { allow: withheld });
        const error = await rejection(confined.plugin.call(method));
        assert(error instanceof PluginError, `${error}`);
        assert(error.report?.denied.includes(asked), `${error}: ${error.report?.denied}`);
      }
    },
  },
  {
    name: "equal calls burn equal fuel, where the guest asks for neither clock nor random numbers",
    methods: ["ping"],
    async run(_, { name, asksFor, methods = METHODS }) {
      const allow = { clock: false, random: false };
      await using confined = await Subject.load(name, { allow });
      const { plugin } = confined;
      if (asksFor !== undefined) {
        const error = await rejection(plugin.call("ping"));
        assert(error instanceof PluginError, `${error}`);
        return assertEquals(error.report?.denied, [...asksFor]);
      }
      const calls = REPEATED.filter(([method]) => methods.includes(method) && !SEES.has(method));
      for (const [method, params] of calls) {
        const first = await plugin.callWithReport(method, params);
        const second = await plugin.callWithReport(method, params);
        assertEquals(first.report.fuel, second.report.fuel, method);
      }
    },
  },
  {
    name: "deterministic calls are equal, the time and the random numbers that they see too",
    methods: ["ping"],
    async run(_, { name, methods = METHODS }) {
      const deterministic = { seed: 7, startMs: 1_700_000_000_000 };
      await using subject = await Subject.load(name, { deterministic });
      const calls = REPEATED.filter(([method]) => methods.includes(method));
      for (const [method, params] of calls) {
        const run = async () => {
          const { result, report } = await subject.plugin.callWithReport(method, params);
          const { fuel, stdinBytes, stdoutBytes, hostCalls } = report;
          return { result, log: subject.log(), fuel, stdinBytes, stdoutBytes, hostCalls };
        };
        assertEquals(await run(), await run(), method);
      }
    },
  },
];
