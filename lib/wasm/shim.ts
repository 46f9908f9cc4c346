/**
 * The shim: a tiny module between guest and host. A guest must not be able to survive its end, and only code that runs in wasm
 * can trap in a way that no `catch_all` catches; and a host function that seldom waits must not pay for suspension each time.
 * So each host function is called through the shim, as a plain import, and what it answers decides:
 *
 * - 0 or more: the result for the guest;
 * - `WAIT` (-1): call the suspending import `wait`; if that answers 0 call the host function again, else trap;
 * - anything else: trap.
 *
 * @module
 */

import { Writer } from "./bytes.ts";

/** A host function as the guest knows it. */
export interface ShimFunction {
  /** Name of the import that the shim calls and of the export that the guest calls. */
  readonly name: string;
  /** Types of its parameters. */
  readonly params: readonly ("i32" | "i64")[];
  /** Types of its results; the import that the shim calls answers an `i32` in any case. */
  readonly results: readonly ["i32"] | readonly [];
}

/** What {@linkcode shimModule}'s module imports everything from. */
export const SHIM_IMPORTS = "host";
/** Name of the suspending import, `() -> i32`. */
export const SHIM_WAIT = "wait";

const VALUE_TYPE = { i32: 0x7f, i64: 0x7e };
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 };

/**
 * The bytes of a shim for `functions`.
 *
 * @example
 * ```ts
 * import { shimModule } from "./shim.ts";
 *
 * const bytes = shimModule([{ name: "sched_yield", params: [], results: ["i32"] }]);
 * const module = new WebAssembly.Module(bytes);
 * ```
 */
export function shimModule(functions: readonly ShimFunction[]): Uint8Array<ArrayBuffer> {
  const { length } = functions;
  const out = new Writer(4096);
  out.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

  // Types: wait's, then for each function that of the import and that of the export.
  section(out, SECTION.type, 1 + 2 * length, (body) => {
    functionType(body, [], ["i32"]);
    for (const { params, results } of functions) {
      functionType(body, params, ["i32"]);
      functionType(body, params, results);
    }
  });
  section(out, SECTION.import, 1 + length, (body) => {
    [SHIM_WAIT, ...functions.map((f) => f.name)].forEach((name, i) => {
      body.name(SHIM_IMPORTS);
      body.name(name);
      body.u8(0x00);
      body.u32(i === 0 ? 0 : 2 * i - 1);
    });
  });
  section(out, SECTION.function, length, (body) => {
    for (let i = 0; i < length; i++) body.u32(2 + 2 * i);
  });
  section(out, SECTION.export, length, (body) => {
    functions.forEach(({ name }, i) => {
      body.name(name);
      body.u8(0x00);
      body.u32(1 + length + i);
    });
  });
  section(out, SECTION.code, length, (body) => {
    functions.forEach((f, i) => body.sized(shimBody(f, 1 + i)));
  });
  return out.finish();
}

/** The body of one function, whose import has function index `plain`. */
function shimBody({ params, results }: ShimFunction, plain: number): Writer {
  const answer = params.length;
  const body = new Writer();
  body.bytes([0x01, 0x01, VALUE_TYPE.i32]); //    one more local, an i32: the answer
  body.bytes([0x03, 0x40]); //                    loop
  for (let i = 0; i < params.length; i++) body.bytes([0x20, i]);
  body.u8(0x10), body.u32(plain); //                call the host function
  body.bytes([0x22, answer]); //                    local.tee answer
  body.bytes([0x41, 0x00, 0x4e, 0x04, 0x40]); //    i32.const 0, i32.ge_s, if
  if (results.length > 0) body.bytes([0x20, answer]);
  body.bytes([0x0f, 0x0b]); //                        return; end
  body.bytes([0x20, answer, 0x41, 0x7f, 0x46]); //  answer == WAIT
  body.bytes([0x04, 0x40]); //                      if
  body.bytes([0x10, 0x00, 0x45, 0x0d, 0x01]); //      call wait, i32.eqz, br_if to the loop
  body.bytes([0x0b, 0x0b, 0x00, 0x0b]); //          end; end; unreachable; end
  return body;
}

function functionType(
  out: Writer,
  params: ShimFunction["params"],
  results: readonly "i32"[],
): void {
  out.u8(0x60);
  for (const types of [params, results]) {
    out.u32(types.length);
    for (const type of types) out.u8(VALUE_TYPE[type]);
  }
}

function section(out: Writer, id: number, count: number, write: (body: Writer) => void): void {
  const body = new Writer();
  body.u32(count);
  write(body);
  out.section(id, body);
}
