// The six reference methods, and four that show the kit.

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PLUGIN_IMPLEMENTATION
#include "plugin.h"

#define NS_PER_MS 1000000
#define MAX_SLEEP_MS (INT64_MAX / NS_PER_MS)

static bool invalid(json_writer *reply, const char *name, uint64_t max)
{
    return plugin_fail(reply, PLUGIN_INVALID_PARAMS, "%s must be a whole number from 0 to %llu",
                       name, (unsigned long long)max);
}

// For a function of the library's that has set errno: clock and random numbers need a grant.
static bool refused(json_writer *reply, const char *name)
{
    return plugin_fail(reply, PLUGIN_SERVER_ERROR, "%s failed with errno %d", name, errno);
}

static bool ping(json params, json_writer *reply)
{
    (void)params;
    json_put_string(reply, "pong");
    return true;
}

static bool get_random_number(json params, json_writer *reply)
{
    (void)params;
    uint64_t number;
    if (getentropy(&number, sizeof number) != 0)
        return refused(reply, "getentropy");
    json_put_uint(reply, number);
    return true;
}

static bool get_time(json params, json_writer *reply)
{
    (void)params;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return refused(reply, "clock_gettime");
    json_put_int(reply, now.tv_sec);
    return true;
}

static bool sleep_ms(json params, json_writer *reply)
{
    uint64_t ms;
    if (!json_uint(plugin_argument(params), MAX_SLEEP_MS, &ms))
        return invalid(reply, "ms", MAX_SLEEP_MS);
    struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * NS_PER_MS };
    // Unlike nanosleep, it returns the error, and reads no clock.
    if ((errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL)) != 0)
        return refused(reply, "clock_nanosleep");
    return true;
}

static bool many_echo(json params, json_writer *reply)
{
    uint64_t n;
    if (!json_uint(plugin_argument(params), UINT32_MAX, &n))
        return invalid(reply, "n", UINT32_MAX);
    json_writer number = { 0 };
    for (uint64_t i = 0; i < n; i++) {
        json result;
        uint64_t echoed;
        json_reset(&number);
        json_put_uint(&number, i);
        if (!plugin_call("echo", &number, &result))
            return plugin_pass(reply, result);
        if (!json_uint(result, UINT32_MAX, &echoed) || echoed != i)
            return plugin_fail(reply, PLUGIN_SERVER_ERROR, "echo answered %llu with something else",
                               (unsigned long long)i);
    }
    return true;
}

// How many primes there are up to and including `limit`. A sieve with a bit for each number.
static uint32_t count_primes(uint32_t limit)
{
    uint8_t *composite = calloc(limit / 8 + 1, 1);
    if (!composite)
        abort();
    uint32_t count = 0;
    // 64 bits, or a limit near 2^32 would make `multiple` wrap around.
    for (uint64_t n = 2; n <= limit; n++) {
        if (composite[n / 8] & 1 << n % 8)
            continue;
        count++;
        for (uint64_t multiple = n * n; multiple <= limit; multiple += n)
            composite[multiple / 8] |= 1 << multiple % 8;
    }
    free(composite);
    return count;
}

static bool prime_sieve(json params, json_writer *reply)
{
    uint64_t limit;
    if (!json_uint(plugin_argument(params), UINT32_MAX, &limit))
        return invalid(reply, "limit", UINT32_MAX);
    uint32_t count = count_primes(limit);
    plugin_log(PLUGIN_INFO, "%u primes up to %u", count, (uint32_t)limit);
    json_open(reply, '{');
    json_key(reply, "count");
    json_put_uint(reply, count);
    json_key(reply, "limit");
    json_put_uint(reply, limit);
    json_close(reply, '}');
    return true;
}

static bool echo(json params, json_writer *reply)
{
    json_put(reply, params);
    return true;
}

static bool log_text(json params, json_writer *reply)
{
    char *text;
    if (!json_string(plugin_argument(params), &text, NULL))
        return plugin_fail(reply, PLUGIN_INVALID_PARAMS, "text must be a string");
    plugin_log(PLUGIN_INFO, "%s", text);
    return true;
}

static bool fail(json params, json_writer *reply)
{
    int64_t code;
    char *message;
    if (!json_int(json_get(params, "code"), &code)
        || !json_string(json_get(params, "message"), &message, NULL))
        return plugin_fail(reply, PLUGIN_INVALID_PARAMS, "params must have a code and a message");
    return plugin_fail_with(reply, code, message, json_get(params, "data"));
}

static bool host(json params, json_writer *reply)
{
    char *method;
    if (!json_string(json_get(params, "method"), &method, NULL))
        return plugin_fail(reply, PLUGIN_INVALID_PARAMS, "method must be a string");
    json_writer its = { 0 };
    json_put(&its, json_get(params, "params"));
    json result;
    if (!plugin_call(method, &its, &result))
        return plugin_pass(reply, result);
    json_put(reply, result);
    return true;
}

static const plugin_method methods[] = {
    { "ping", ping },
    { "get_random_number", get_random_number },
    { "get_time", get_time },
    { "sleep", sleep_ms },
    { "many_echo", many_echo },
    { "prime_sieve", prime_sieve },
    { "echo", echo },
    { "log", log_text },
    { "fail", fail },
    { "host", host },
};

int main(void)
{
    return plugin_serve(methods, sizeof methods / sizeof *methods);
}
