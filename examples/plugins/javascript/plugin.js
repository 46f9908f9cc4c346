// The six reference methods, and four that show the kit.

import { argument, ErrorCode, method, now, random, RpcError, sleep, wholeNumber } from "./kit.js";

const U32_MAX = 2 ** 32 - 1;
const MAX_SLEEP_MS = 9_223_372_036_854;

method("ping", () => "pong");

method("get_random_number", () => {
  const [word] = new BigUint64Array(random(new Uint8Array(8)).buffer);
  return JSON.rawJSON(word); // all digits; as a number it would be rounded
});

method("get_time", () => Number(now() / 1_000_000_000n));

method("sleep", (params) => {
  sleep(wholeNumber(params, "ms", MAX_SLEEP_MS));
});

method("many_echo", (params, { host }) => {
  const n = wholeNumber(params, "n", U32_MAX);
  for (let i = 0; i < n; i++) {
    if (host("echo", i) !== i) {
      throw new RpcError(ErrorCode.Server, `echo answered ${i} with something else`);
    }
  }
});

method("prime_sieve", (params, { log }) => {
  const limit = wholeNumber(params, "limit", U32_MAX);
  const count = countPrimes(limit);
  log.info(`${count} primes up to ${limit}`);
  return { count, limit };
});

method("echo", (params) => params);

method("log", (params, { log }) => {
  const text = argument(params);
  if (typeof text !== "string") {
    throw new RpcError(ErrorCode.InvalidParams, "text must be a string");
  }
  log.info(text);
});

method("fail", (params) => {
  const { code, message, data } = Object(params);
  if (!Number.isInteger(code) || typeof message !== "string") {
    throw new RpcError(ErrorCode.InvalidParams, "params must have a code and a message");
  }
  throw new RpcError(code, message, data);
});

method("host", (params, { host }) => {
  const { method, params: its } = Object(params);
  if (typeof method !== "string") {
    throw new RpcError(ErrorCode.InvalidParams, "method must be a string");
  }
  return host(method, its);
});

/** How many primes there are up to and including `limit`. A sieve with a byte for each odd number. */
function countPrimes(limit) {
  if (limit < 2) return 0;
  const size = Math.ceil(limit / 2); // composite[i] is about 2i + 1
  const composite = new Uint8Array(size);
  let count = 1;
  for (let i = 1; i < size; i++) {
    if (composite[i]) continue;
    count++;
    const prime = 2 * i + 1;
    for (let at = (prime * prime - 1) / 2; at < size; at += prime) composite[at] = 1;
  }
  return count;
}
