import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { z } from "zod";
import { RpcError } from "../lib/errors.ts";
import {
  compileGrant,
  createHost,
  type Host,
  type HostContext,
  type HostMethods,
  toHost,
} from "../lib/host.ts";

const PLUGIN = { id: "i", name: "p" };

function call(host: Host, method: string, params?: unknown): unknown {
  const { signal } = new AbortController();
  const ctx: HostContext = { plugin: PLUGIN, callId: 1, state: host.state, signal };
  return host.methods.get(method)!(params, ctx);
}

Deno.test("host: a handler gets params and context", () => {
  const host = createHost({ n: 40 }).method("m", (params, ctx) => [
    params,
    ctx.state.n + 2,
    ctx.plugin.name,
    ctx.callId,
    ctx.signal.aborted,
  ]);
  assertEquals(call(host, "m", { a: 1 }), [{ a: 1 }, 42, "p", 1, false]);
});

Deno.test("host: a schema makes the types of its handler", () => {
  createHost({ db: new Map<string, number>() })
    .method("typed", {
      params: z.object({ key: z.string(), by: z.string().transform(Number) }),
      result: z.number(),
    }, ({ key, by }, { state }) => (state.db.get(key) ?? 0) + by)
    .method("untyped", { result: z.string() }, (params: unknown) => Promise.resolve(String(params)))
    // @ts-expect-error the handler must give a string
    .method("wrong result", { result: z.string() }, () => 1)
    // @ts-expect-error the handler gets a number
    .method("wrong params", { params: z.number() }, (params: string) => params);
});

const counting = () => {
  let count = 0;
  return { increment: () => ++count, count: () => count };
};

const positive = z.number("expected a number").positive("expected a positive number");
const eventually = positive.refine(async (n) => (await null, n !== 13), "expected luck");

Deno.test("host: params are checked before the handler runs", async (t) => {
  const cases = [
    { name: "fits", params: 3, issues: undefined },
    { name: "wrong type", params: "3", issues: [{ path: "", message: "expected a number" }] },
    {
      name: "wrong value",
      params: -3,
      issues: [{ path: "", message: "expected a positive number" }],
    },
    { name: "none", params: undefined, issues: [{ path: "", message: "expected a number" }] },
  ];
  for (const { name, params, issues } of cases) {
    await t.step(name, () => {
      const { increment, count } = counting();
      const host = createHost().method("m", { params: positive }, increment);
      if (issues === undefined) return assertEquals(call(host, "m", params), 1);
      const error = assertThrows(() => call(host, "m", params), RpcError, "Invalid params");
      assertEquals([error.rpcCode, error.data, count()], [-32602, { issues }, 0]);
    });
  }
});

Deno.test("host: a schema may fill in and transform", () => {
  const host = createHost().method("m", {
    params: z.object({ text: z.string(), times: z.int().default(2) }),
    result: z.string().transform((text) => text.length),
  }, ({ text, times }) => text.repeat(times));
  assertEquals(call(host, "m", { text: "ab" }), 4);
});

Deno.test("host: the issues of wrong params are bounded", () => {
  const host = createHost()
    .method("list", { params: z.array(z.string()) }, () => null)
    .method("keys", { params: z.strictObject({}) }, () => null);
  const many = Array.from({ length: 1000 }, (_, i) => i);
  for (
    const [method, params] of [["list", many], ["keys", { ...many, ["k".repeat(1e5)]: 1 }]] as const
  ) {
    const { data } = assertThrows(() => call(host, method, params), RpcError);
    assertEquals((data as { issues: unknown[] }).issues.length, 16);
    assert(JSON.stringify(data).length < 5000);
  }
});

Deno.test("host: a wrong result is the host's error, and not one for the guest", () => {
  const host = createHost() // deno-lint-ignore no-explicit-any
    .method("m", { result: z.object({ n: positive }) }, () => ({ n: "x" }) as any);
  const error = assertThrows(() => call(host, "m"), TypeError);
  assertEquals(error.message, 'Host method "m" gave a wrong result: n: expected a number');
});

Deno.test("host: what is synchronous stays so, what is not becomes a promise", async (t) => {
  const host = createHost()
    .method("plain", () => 1)
    .method("checked", { params: positive, result: positive }, (n) => n + 1)
    .method("promise", { params: positive, result: positive }, (n) => Promise.resolve(n + 1))
    .method("wrong promise", { result: positive }, () => Promise.resolve(-1))
    .method("async params", { params: eventually, result: positive }, (n) => n + 1)
    .method("async result", { params: positive, result: eventually }, (n) => n + 1);
  for (const name of ["plain", "checked"]) {
    await t.step(name, () => assertEquals(typeof call(host, name, 1), "number"));
  }
  for (const name of ["promise", "async params", "async result"]) {
    await t.step(name, async () => {
      const result = call(host, name, 1);
      assertInstanceOf(result, Promise);
      assertEquals(await result, 2);
    });
  }
  const later = (name: string, params: unknown) => () =>
    call(host, name, params) as Promise<unknown>;
  await t.step("params that do not fit, later", async () => {
    const error = await assertRejects(later("async params", 13), RpcError, "Invalid params");
    assertEquals(error.data, { issues: [{ path: "", message: "expected luck" }] });
  });
  await t.step("a result that does not fit, later", async () => {
    await assertRejects(later("async result", 12), TypeError, "gave a wrong result: expected luck");
    await assertRejects(later("wrong promise", 1), TypeError, "expected a positive number");
  });
});

Deno.test("host: a handler's own errors pass as they are", async () => {
  const thrown = new RpcError("no such key", { code: 404, data: { key: "k" } });
  const host = createHost()
    .method("throws", { params: z.unknown() }, () => {
      throw thrown;
    })
    .method("rejects", { result: z.string() }, () => Promise.reject(thrown));
  assertStrictEquals(assertThrows(() => call(host, "throws")), thrown);
  assertStrictEquals(await assertRejects(() => call(host, "rejects") as Promise<unknown>), thrown);
});

Deno.test("host: methods that cannot be added", async (t) => {
  // deno-lint-ignore no-explicit-any
  const cases: { name: any; args: any[]; message: string }[] = [
    { name: "taken", args: [() => 1], message: '"taken": there is one of that name' },
    { name: "", args: [() => 1], message: '"": its name is not a text of any length' },
    { name: 1, args: [() => 1], message: '"1": its name is not a text of any length' },
    { name: "fs.*", args: [() => 1], message: '"fs.*": its name has a * in it' },
    { name: "m", args: [{}], message: '"m": its handler is not a function' },
    { name: "m", args: [{}, 1], message: '"m": its handler is not a function' },
    { name: "m", args: [{ param: positive }, () => 1], message: '"m": unknown option "param"' },
  ];
  for (const { name, args, message } of cases) {
    await t.step(message, () => {
      const host = createHost().method("taken", () => 0) as unknown as {
        method(...args: unknown[]): void;
        methods: Map<string, unknown>;
      };
      assertEquals(
        assertThrows(() => host.method(name, ...args), TypeError).message,
        `Cannot add host method ${message}`,
      );
      assertEquals([...host.methods.keys()], ["taken"]);
    });
  }
});

Deno.test("host: the forms that loadPlugin takes", async (t) => {
  const names = (host: unknown) => [...toHost(host as HostMethods).methods.keys()];
  await t.step("a host", () => {
    const host = createHost(1);
    assertStrictEquals<Host>(toHost(host), host);
  });
  await t.step("none", () => assertEquals(names(undefined), []));
  await t.step("a record", () => {
    const host = toHost({ echo: (params) => params, id: (_params, { plugin }) => plugin.id });
    assertEquals([call(host, "echo", [1]), call(host, "id")], [[1], "i"]);
  });
  await t.step("only own enumerable properties count", () => {
    const inherited = Object.create({ inherited: () => 1 }, {
      own: { value: () => 1, enumerable: true },
      hidden: { value: () => 1, enumerable: false },
    });
    assertEquals(names(inherited), ["own"]);
    const { methods } = toHost({ echo: (params) => params });
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      assertEquals(methods.get(name), undefined);
    }
  });
  for (const wrong of [null, 1, "echo", [() => 1], () => 1]) {
    await t.step(`not ${JSON.stringify(wrong)}`, () => {
      assertThrows(() => names(wrong), TypeError, "Cannot use the host");
    });
  }
  await t.step("not a record with something else in it", () => {
    assertThrows(() => names({ echo: 1 }), TypeError, '"echo": its handler is not a function');
  });
});

Deno.test("host: grants", async (t) => {
  const grant = compileGrant(["echo", "fs.*", "a.b.*", "fs.extra"]);
  const cases: Record<string, boolean> = {
    "echo": true,
    "echo2": false,
    "ech": false,
    "Echo": false,
    "echo\0": false,
    "": false,
    "fs": false,
    "fs.": false,
    "fs.*": true,
    "fs.read": true,
    "fs.read.all": true,
    "fsx.read": false,
    "x.fs.read": false,
    "a.b": false,
    "a.b.c": true,
    "a.c": false,
    "*": false,
    "constructor": false,
    "__proto__": false,
  };
  for (const [name, granted] of Object.entries(cases)) {
    await t.step(JSON.stringify(name), () => assertEquals(grant(name), granted));
  }
  await t.step("nothing by default", () => assertEquals(compileGrant([])("echo"), false));
});
