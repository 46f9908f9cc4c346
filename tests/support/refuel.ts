/**
 * Drives metered modules: a hook in wasm that refuels by small rations, up to a limit, and counts what was given.
 *
 * @module
 */
import type { MeterAbi } from "../../lib/wasm/abi.ts";
import { wat } from "./wat.ts";

const HOOK = new WebAssembly.Module(
  await wat(`
    (module
      (import "guest" "fuel" (global $fuel (mut i32)))
      (import "host" "ration" (global $ration i32))
      (import "host" "limit" (global $limit i64))
      (global $given (export "given") (mut i64) (i64.const 0))
      (func (export "hook") (result i32)
        (global.set $given
          (i64.add
            (global.get $given)
            (i64.sub
              (i64.extend_i32_s (global.get $ration))
              (i64.extend_i32_s (global.get $fuel)))))
        (if (i64.gt_s (global.get $given) (global.get $limit)) (then (return (i32.const 1))))
        (global.set $fuel (global.get $ration))
        (i32.const 0)))
  `),
);

/** The tank of one metered instance. */
export interface Tank {
  /** Units burnt so far. */
  readonly burnt: bigint;
  /** Whether the limit was reached; the guest has then trapped. */
  readonly empty: boolean;
}

/**
 * Connects a metered instance to a tank. Nothing of the instance may have run yet.
 *
 * @param ration Units, at least 0, that are in the guest's global after each refuel.
 * @param limit Units after which the guest is stopped.
 */
export function attachTank(
  exports: WebAssembly.Exports,
  abi: MeterAbi,
  ration: number,
  limit: bigint = 1n << 62n,
): Tank {
  const fuel = exports[abi.fuel] as WebAssembly.Global;
  const { exports: hook } = new WebAssembly.Instance(HOOK, {
    guest: { fuel },
    host: { ration, limit: new WebAssembly.Global({ value: "i64" }, limit) },
  });
  (exports[abi.hook] as WebAssembly.Table).set(0, hook.hook as () => number);
  const given = hook.given as WebAssembly.Global;
  return {
    get burnt(): bigint {
      return given.value - BigInt(fuel.value);
    },
    get empty(): boolean {
      return given.value > limit;
    },
  };
}
