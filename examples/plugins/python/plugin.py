"""The six reference methods, and four for tests of the protocol."""

import time

import kit

U32_MAX = 2**32 - 1
MAX_SLEEP_MS = (2**63 - 1) // 10**6


def check_range(name, value, maximum):
    if not 0 <= value <= maximum:
        raise kit.RpcError(kit.INVALID_PARAMS, f"{name} must be a whole number from 0 to {maximum}")


@kit.method
def ping():
    return "pong"


@kit.method
def get_random_number():
    import os  # here, as it takes a tenth of what a ping does

    return int.from_bytes(os.urandom(8))


@kit.method
def get_time():
    return int(time.time())


@kit.method
def sleep(ms: int):
    check_range("ms", ms, MAX_SLEEP_MS)
    time.sleep(ms / 1000)


@kit.method
def many_echo(n: int):
    check_range("n", n, U32_MAX)
    for i in range(n):
        if kit.host("echo", i) != i:
            raise kit.RpcError(kit.SERVER_ERROR, f"echo answered {i} with something else")


@kit.method
def prime_sieve(limit: int):
    check_range("limit", limit, U32_MAX)
    count = count_primes(limit)
    kit.log("info", f"{count} primes up to {limit}")
    return {"count": count, "limit": limit}


def count_primes(limit):
    """How many primes there are up to and including limit. A sieve with a byte for each number."""
    prime = bytearray(2) + bytearray(b"\1") * (limit - 1)
    n = 2
    while n * n <= limit:
        if prime[n]:
            prime[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
        n += 1
    return prime.count(1)


@kit.method
def echo(params):
    return params


@kit.method
def log(text: str):
    kit.log("info", text)


@kit.method
def fail(code: int, message: str, data=...):
    raise kit.RpcError(code, message, data)


@kit.method
def host(method: str, params=None):
    return kit.host(method, params)


kit.serve()
