// Sockets: a descriptor that is open is none, and what is not open is a bad one.
import { assertEquals } from "@std/assert";
import { EBADF, ENOTSOCK } from "../../lib/wasi/abi.ts";
import { newState, STDERR, STDIN, STDOUT, type WasiContext } from "../../lib/wasi/context.ts";
import { sockAccept, sockRecv, sockSend, sockShutdown } from "../../lib/wasi/sock.ts";
import { FakeContext } from "../support/wasi.ts";

/** Each with so many arguments after the descriptor, all the same. */
const FUNCTIONS: [name: string, call: (ctx: WasiContext, fd: number, arg: number) => number][] = [
  ["sock_accept", (ctx, fd, arg) => sockAccept(ctx, fd, arg, arg)],
  ["sock_recv", (ctx, fd, arg) => sockRecv(ctx, fd, arg, arg, arg, arg, arg)],
  ["sock_send", (ctx, fd, arg) => sockSend(ctx, fd, arg, arg, arg, arg)],
  ["sock_shutdown", (ctx, fd, arg) => sockShutdown(ctx, fd, arg)],
];

/** A context of which a handler may read the state alone. */
function onlyState(): WasiContext {
  const state = newState(false);
  Object.values(state).forEach(Object.freeze);
  return new Proxy({ state: Object.freeze(state) } as WasiContext, {
    get(target, key) {
      if (key !== "state") throw new Error(`${String(key)} was looked at`);
      return target.state;
    },
  });
}

for (const [name, call] of FUNCTIONS) {
  Deno.test(`sock: ${name} looks at the descriptor alone`, () => {
    const ctx = onlyState();
    for (const arg of [0, 1, 65_536, -1]) {
      for (const fd of [0, 1, 2]) assertEquals(call(ctx, fd, arg), ENOTSOCK);
      for (const fd of [3, 4, 0x7fff_ffff, -0x8000_0000, -1]) {
        assertEquals(call(ctx, fd, arg), EBADF);
      }
    }
  });

  Deno.test(`sock: ${name} goes by what is open now`, () => {
    const ctx = new FakeContext();
    const answers = () => [STDIN, STDOUT, STDERR].map((fd) => call(ctx, fd, 0));
    ctx.call("fd_close", STDOUT);
    assertEquals(answers(), [ENOTSOCK, EBADF, ENOTSOCK]);
    ctx.call("fd_renumber", STDERR, STDOUT);
    assertEquals(answers(), [ENOTSOCK, ENOTSOCK, EBADF]);
    ctx.call("fd_close", STDIN);
    ctx.call("fd_close", STDOUT);
    assertEquals(answers(), [EBADF, EBADF, EBADF]);
    // It is no refusal: with a grant it would be the same.
    assertEquals([ctx.denied, ctx.waits, ctx.writtenBytes], [[], [], 0]);
  });
}

Deno.test("sock: WASI's table has each under its name", () => {
  const ctx = new FakeContext();
  const args = { sock_accept: 2, sock_recv: 5, sock_send: 4, sock_shutdown: 1 };
  for (const [name, count] of Object.entries(args)) {
    assertEquals([name, ctx.call(name, 0, ...Array(count).fill(-1))], [name, ENOTSOCK]);
    assertEquals([name, ctx.call(name, 3, ...Array(count).fill(0))], [name, EBADF]);
  }
});
