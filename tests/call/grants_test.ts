// What a guest is granted: host methods, arguments, environment, clock, random.
import { assertEquals } from "@std/assert";
import { type CallOptions, createHost, type PluginOptions } from "../../mod.ts";
import {
  answer,
  ask,
  assertMembers,
  assertPluginError,
  makeLoggedPlugin,
  makePlugin,
  type Members,
  rejection,
} from "../support/plugin.ts";

// method asked for, whether the manifest with allow.methods ["db.*", "echo"] grants it
const GRANTS: [method: string, granted: boolean][] = [
  ["echo", true],
  ["db.get", true],
  ["db.get.all", true],
  ["db", false],
  ["dbx.get", false],
  ["Echo", false],
  ["echo.", false],
  ["ech", false],
  ["", false],
  ["toString", false],
  ["__proto__", false],
];

Deno.test("a method that is not granted is refused before its handler", async (t) => {
  for (const [method, granted] of GRANTS) {
    await t.step(`${JSON.stringify(method)}: ${granted}`, async () => {
      let reached = false;
      const host = createHost();
      if (method !== "") host.method(method, () => reached = true);
      const { plugin, log } = await makeLoggedPlugin(
        "script",
        { allow: { methods: ["db.*", "echo"] } },
        { host },
      );
      const { report } = await plugin.callWithReport("run", ask(1, method) + "?" + answer());
      assertEquals(reached, granted);
      const { error } = JSON.parse(log[0]);
      if (granted) assertEquals(error, undefined);
      else assertMembers(error, { code: -32001, message: "capability denied", data: { method } });
      assertEquals(report.denied, granted ? [] : [method]);
      await plugin.close();
    });
  }
});

Deno.test("what a record inherits is not a method", async () => {
  const names = ["toString", "constructor", "hasOwnProperty", "__proto__"];
  const { plugin, log } = await makeLoggedPlugin("script", { allow: { methods: names } }, {
    host: {},
  });
  await plugin.call("run", names.map((name) => ask(1, name) + "?").join("") + answer());
  assertEquals(log.map((line) => JSON.parse(line).error.code), names.map(() => -32601));
  await plugin.close();
});

Deno.test("a method refused twice is listed once", async () => {
  await using plugin = await makePlugin("script");
  const script = ask(1, "a") + "?" + ask(2, "b") + "?" + ask(3, "a") + "?" + answer();
  const { report } = await plugin.callWithReport("run", script);
  assertEquals(report.denied, ["a", "b"]);
  assertEquals(report.hostCalls, 3);
});

Deno.test("of what was refused, so much is listed", async () => {
  await using plugin = await makePlugin("script", { limits: { hostCallsInFlight: 1000 } });
  const ask = (name: string) => `{'jsonrpc':'2.0','method':'${name}'}|`;
  const names = Array.from({ length: 100 }, (_, i) => `m${i}`);
  const script = [...names, ...names].map(ask).join("") + answer();
  assertEquals((await plugin.callWithReport("run", script)).report.denied, names.slice(0, 64));
  const long = await plugin.callWithReport("run", ask("x".repeat(1000)) + answer());
  assertEquals(long.report.denied, ["x".repeat(200)]);
});

const allow = { args: ["-a", "-b"], env: ["A", "B"] };

/** What the guest sees after argv[0], arguments first. */
interface Row {
  name: string;
  manifest?: Members;
  options?: PluginOptions;
  call?: CallOptions;
  sees: string[];
}

const SEEN: Row[] = [
  { name: "nothing", sees: [] },
  { name: "nothing by default", manifest: { allow }, sees: [] },
  {
    name: "what the manifest gives",
    manifest: { allow, args: ["-b", "-a"], env: { A: "1", B: "" } },
    sees: ["-b", "-a", "A=1", "B="],
  },
  {
    name: "what the options give",
    manifest: { allow },
    options: { args: ["-a"], env: { B: "2" } },
    sees: ["-a", "B=2"],
  },
  {
    name: "the options' value over the manifest's",
    manifest: { allow, env: { A: "1", B: "1" } },
    options: { env: { B: "2=2" } },
    sees: ["A=1", "B=2=2"],
  },
  {
    name: "of options.env only what is allowed",
    manifest: { allow },
    options: { env: { A: "1", HOME: "/root" } },
    sees: ["A=1"],
  },
  {
    name: "the call's arguments and values",
    manifest: { allow, args: ["-a"], env: { A: "1" } },
    call: { args: ["-b", "-b"], env: { A: "é" } },
    sees: ["-b", "-b", "A=é"],
  },
  {
    name: "no argument, when the call says so",
    manifest: { allow, args: ["-a"] },
    call: { args: [] },
    sees: [],
  },
];

for (const { name, manifest, options, call, sees } of SEEN) {
  Deno.test(`guest sees ${name}`, async () => {
    const { plugin, log } = await makeLoggedPlugin("environ", manifest, options);
    assertEquals(await plugin.call("run", null, call), sees.length + 1);
    assertEquals(log, ["test-plugin", ...sees]);
    await plugin.close();
  });
}

const REFUSED: [name: string, call: CallOptions, message: RegExp][] = [
  ["an argument", { args: ["-a", "--evil"] }, /--evil/],
  ["a prefix of an argument", { args: ["-"] }, /"-"/],
  ["a variable", { env: { PATH: "/bin" } }, /PATH/],
  ["__proto__", { env: JSON.parse('{"__proto__":"x"}') }, /__proto__/],
];

for (const [name, call, message] of REFUSED) {
  Deno.test(`a call that asks for ${name} beyond the grant is refused`, async () => {
    await using plugin = await makePlugin("environ", { allow });
    assertPluginError(await rejection(plugin.call("run", null, call)), {
      code: "capability_denied",
      message,
    });
    assertEquals(await plugin.call("ping"), "pong");
  });
}

Deno.test("options.args beyond the grant are refused", async () => {
  const error = await rejection(makePlugin("environ", { allow }, { args: ["--evil"] }));
  assertPluginError(error, { code: "capability_denied", message: /--evil/ });
});

// script.wat's "(" answers with the errno: 76 is ENOTCAPABLE.
const WASI: [name: string, script: string, allow: Members, errno: number, denied: string[]][] = [
  ["the clock", "(0", { clock: true }, 0, []],
  ["no clock", "(0", { random: true }, 76, ["clock_time_get"]],
  ["random", "(1", { random: true }, 0, []],
  ["no random", "(1", { clock: true }, 76, ["random_get"]],
  ["sched_yield, always", "(2", {}, 0, []],
];

for (const [name, script, allow, errno, denied] of WASI) {
  Deno.test(`guest is granted ${name}`, async () => {
    await using plugin = await makePlugin("script", { allow });
    const { result, report } = await plugin.callWithReport(
      "run",
      `{'jsonrpc':'2.0','id':$,'result':${script}}|`,
    );
    assertEquals(result, errno);
    assertEquals(report.denied, denied);
  });
}

Deno.test("a WASI function refused twice is listed once, beside host methods", async () => {
  await using plugin = await makePlugin("script");
  const script = "(0(0(1^;{'jsonrpc':'2.0','id':1,'method':'echo'}|?" + answer();
  const { report } = await plugin.callWithReport("run", script);
  assertEquals([...report.denied].sort(), ["clock_time_get", "echo", "random_get"]);
});

Deno.test("a guest sleeps without the clock", async () => {
  await using plugin = await makePlugin("script");
  const { report } = await plugin.callWithReport("run", "<1<1" + answer());
  assertEquals(report.denied, []);
  assertEquals(report.durationMs >= 20, true);
});

Deno.test("nonblocking stdin says EAGAIN until a byte comes", async () => {
  await using plugin = await makePlugin(
    "nonblocking",
    { stdin: "nonblocking", allow: { methods: ["later"] } },
    { host: { later: () => new Promise((resolve) => setTimeout(() => resolve(1), 50)) } },
  );
  const again = await plugin.call("run");
  assertEquals(Number(again) > 0, true);
});

Deno.test("blocking stdin never says EAGAIN", async () => {
  await using plugin = await makePlugin("nonblocking", { allow: { methods: ["later"] } }, {
    host: { later: () => new Promise((resolve) => setTimeout(() => resolve(1), 50)) },
  });
  assertEquals(await plugin.call("run"), 0);
});
