/**
 * The few functions of `jsr:@std/assert` that this suite uses, over `node:assert/strict`, for
 * machines that cannot reach JSR (see `links` in the root deno.json).
 *
 * Signatures are those of the JSR package, so that the suite runs unchanged against either.
 *
 * @module
 */
import nodeAssert from "node:assert/strict";

/** What every failed assertion throws. */
export const AssertionError: typeof nodeAssert.AssertionError = nodeAssert.AssertionError;

// deno-lint-ignore no-explicit-any -- constructors are matched by instanceof, whatever they take
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Fails unless `value` is truthy. */
export function assert(value: unknown, message = "expected a truthy value"): asserts value {
  if (!value) fail(message);
}

/** Fails unless both are deeply equal: same prototypes, own keys and values (`NaN` equals `NaN`). */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.deepStrictEqual(actual, expected, message);
}

/** Fails if both are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.notDeepStrictEqual(actual, expected, message);
}

/** Fails unless both are the same value by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  nodeAssert.strictEqual(actual, expected, message);
}

/** Fails unless `fn` throws; with a class and a text, unless that is what it throws. */
export function assertThrows(fn: () => unknown, message?: string): unknown;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  includes?: string,
  message?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  classOrMessage?: ErrorClass<E> | string,
  includes?: string,
  message?: string,
): unknown {
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
    return checkThrown(thrown, classOrMessage, includes, message);
  }
  fail(note("expected the function to throw", classOrMessage, message));
}

/** Fails unless the promise of `fn` rejects; with a class and a text, unless it is with that. */
export function assertRejects(fn: () => PromiseLike<unknown>, message?: string): Promise<unknown>;
export function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  includes?: string,
  message?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  classOrMessage?: ErrorClass<E> | string,
  includes?: string,
  message?: string,
): Promise<unknown> {
  // A synchronous throw is not a rejection, so the call itself stays outside the try.
  const promise = fn();
  try {
    await promise;
  } catch (error) {
    return checkThrown(error, classOrMessage, includes, message);
  }
  fail(note("expected the promise to reject", classOrMessage, message));
}

/** Fails unless `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  if (!expected.test(actual)) {
    fail(message ?? `expected ${JSON.stringify(actual)} to match ${expected}`);
  }
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (!actual.includes(expected)) {
    fail(message ?? `expected ${JSON.stringify(actual)} to contain ${JSON.stringify(expected)}`);
  }
}

/** Fails unless `actual` is an instance of `expected`. */
// deno-lint-ignore no-explicit-any -- any class will do
export function assertInstanceOf<C extends abstract new (...args: any[]) => any>(
  actual: unknown,
  expected: C,
  message?: string,
): asserts actual is InstanceType<C> {
  if (!(actual instanceof expected)) {
    fail(message ?? `expected an instance of ${expected.name}, got ${describe(actual)}`);
  }
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, message?: string): void {
  if (!(actual > expected)) fail(message ?? `expected ${actual} > ${expected}`);
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void {
  if (!(actual >= expected)) fail(message ?? `expected ${actual} >= ${expected}`);
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, message?: string): void {
  if (!(actual < expected)) fail(message ?? `expected ${actual} < ${expected}`);
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void {
  if (!(actual <= expected)) fail(message ?? `expected ${actual} <= ${expected}`);
}

/** Fails always. */
export function fail(message = "failed"): never {
  throw new AssertionError({ message, stackStartFn: fail });
}

function checkThrown<E extends Error>(
  thrown: unknown,
  classOrMessage: ErrorClass<E> | string | undefined,
  includes: string | undefined,
  message: string | undefined,
): unknown {
  if (typeof classOrMessage !== "function") return thrown;
  assertInstanceOf(
    thrown,
    classOrMessage,
    message ?? `expected a ${classOrMessage.name} to be thrown, got ${describe(thrown)}`,
  );
  if (includes !== undefined) assertStringIncludes(thrown.message, includes, message);
  return thrown;
}

function note<E extends Error>(
  otherwise: string,
  classOrMessage: ErrorClass<E> | string | undefined,
  message: string | undefined,
): string {
  return message ?? (typeof classOrMessage === "string" ? classOrMessage : otherwise);
}

function describe(value: unknown): string {
  return value instanceof Error ? `${value.name}: ${value.message}` : String(value);
}
