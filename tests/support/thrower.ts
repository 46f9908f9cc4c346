/**
 * Functions that throw, for guests that catch.
 *
 * @module
 */

/** `$throws` throws `$none` for 3, `$e` with its parameter if that is less and not 0, and else adds 10; so does `$may`, with a loop. */
export const thrower = `(tag $e (export "e") (param i32)) (tag $none (export "none"))
  (func $throws (param i32) (result i32)
    local.get 0 i32.eqz if i32.const 10 return end
    local.get 0 i32.const 3 i32.lt_s if local.get 0 throw $e end
    local.get 0 i32.const 3 i32.eq if throw $none end
    local.get 0 i32.const 10 i32.add)
  (func $may (param i32) (result i32) (local i32)
    loop local.get 1 i32.const 1 i32.add local.tee 1 i32.const 3 i32.lt_u br_if 0 end
    local.get 0 i32.const 2 i32.eq if local.get 0 throw $e end
    local.get 0 call $throws)`;

/** A host function that throws, of which the guest does not know the tag. */
export const host = () => ({
  host: {
    fail(x: number) {
      if (x === 4) throw new Error("failed");
    },
  },
});
