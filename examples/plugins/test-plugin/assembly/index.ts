// The six reference methods, and the four that show what the kit does. What a method does that the kit does not is
// WASI, called as it is.

import {
  argument,
  ErrorCode,
  HostMethod,
  Json,
  JsonWriter,
  log,
  method,
  RpcError,
  serve,
} from "../../assemblyscript/kit";
import {
  clock_time_get,
  poll_oneoff,
  random_get,
} from "../../assemblyscript/kit/wasi_snapshot_preview1";

const enum Clock {
  Realtime = 0,
  Monotonic = 1,
}

const U32_MAX: i64 = u32.MAX_VALUE;
const NS_PER_MS: u64 = 1_000_000;
const NS_PER_SECOND: u64 = 1_000_000_000;
const MAX_SLEEP_MS: i64 = i64.MAX_VALUE / NS_PER_MS;

/** Where WASI puts a u64. */
const word = memory.data(8, 8);
const subscription = memory.data(48, 8);
const event = memory.data(32, 8);

method("ping", () => new JsonWriter().string("pong"));

method("get_random_number", () => {
  const errno = random_get(word, 8);
  return errno ? refused("random_get", errno) : new JsonWriter().uint(load<u64>(word));
});

method("get_time", () => {
  const errno = clock_time_get(Clock.Realtime, NS_PER_SECOND, word);
  if (errno) return refused("clock_time_get", errno);
  return new JsonWriter().uint(load<u64>(word) / NS_PER_SECOND);
});

method("sleep", (params) => {
  const ms = argument(params).uint(MAX_SLEEP_MS);
  if (ms < 0) return notWhole("ms", MAX_SLEEP_MS);
  // One relative subscription to the monotonic clock. The tag of a clock subscription is 0.
  store<u32>(subscription, Clock.Monotonic, 16);
  store<u64>(subscription, <u64> ms * NS_PER_MS, 24);
  const errno = poll_oneoff(subscription, event, 1, word) || load<u16>(event, 8);
  return errno ? refused("poll_oneoff", errno) : new JsonWriter().null();
});

method("many_echo", (params) => {
  const n = argument(params).uint(U32_MAX);
  if (n < 0) return notWhole("n", U32_MAX);
  const echo = new HostMethod("echo");
  const number = new JsonWriter();
  for (let i: i64 = 0; i < n; i++) {
    const error = echo.call(number.reset().uint(i));
    if (error) return error;
    if (echo.result.uint() != i) {
      return new RpcError(ErrorCode.Server, `echo answered ${i} with something else`);
    }
  }
  return new JsonWriter().null();
});

method("prime_sieve", (params) => {
  const limit = argument(params).uint(U32_MAX);
  if (limit < 0) return notWhole("limit", U32_MAX);
  const count = countPrimes(<u32> limit);
  log("info", `${count} primes up to ${limit}`);
  return new JsonWriter().openObject().key("count").uint(count).key("limit").uint(limit)
    .closeObject();
});

method("echo", (params) => new JsonWriter().value(params));

method("log", (params) => {
  const text = argument(params);
  if (!text.isString) return invalid("text", "a string");
  log("info", text.string());
  return new JsonWriter().null();
});

method("fail", (params) => {
  const code = params.get("code");
  const message = params.get("message");
  if (!code || !code.isInt) return invalid("code", "a whole number");
  if (!message || !message.isString) return invalid("message", "a string");
  const data = params.get("data");
  return new RpcError(code.int(), message.string(), data ? new JsonWriter().value(data) : null);
});

method("host", (params) => {
  const name = params.get("method");
  if (!name || !name.isString) return invalid("method", "a string");
  const asked = params.get("params");
  const host = new HostMethod(name.string());
  const error = host.call(new JsonWriter().value(asked ? asked : Json.null));
  return error ? error : new JsonWriter().value(host.result);
});

serve();

/** How many primes there are up to and including `limit`. A sieve with a bit for each number. */
function countPrimes(limit: u32): u32 {
  const composite = new StaticArray<u8>((limit >> 3) + 1);
  let count: u32 = 0;
  // 64 bits, or a limit near 2^32 would make `multiple` wrap around.
  for (let n: u64 = 2; n <= limit; n++) {
    if (unchecked(composite[<u32> n >> 3]) & bit(n)) continue;
    count++;
    for (let multiple = n * n; multiple <= limit; multiple += n) {
      unchecked(composite[<u32> multiple >> 3] |= bit(multiple));
    }
  }
  return count;
}

function bit(n: u64): u8 {
  return 1 << <u8> (n & 7);
}

function notWhole(name: string, max: i64): RpcError {
  return invalid(name, `a whole number from 0 to ${max}`);
}

function invalid(name: string, wanted: string): RpcError {
  return new RpcError(ErrorCode.InvalidParams, `${name} must be ${wanted}`);
}

function refused(name: string, errno: u16): RpcError {
  return new RpcError(ErrorCode.Server, `${name} failed with errno ${errno}`);
}
