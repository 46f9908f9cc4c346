// QuickJS-NG as a WASI command, in two runs.
//
// The first run is part of the build: it reads the plugin's scripts from stdin, evaluates them, and
// ends. What its memory then holds becomes the module's data (examples/toolchains/snapshot.ts), so
// that every later run finds the engine set up and the scripts evaluated, and serves at once.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wasi/api.h>

// The source itself, for the one field of its runtime that has no setter here.
#include "quickjs.c"

// Bytes of stack that are left when a recursion is stopped, for what does not look at the limit.
enum { STACK_RESERVE = 64 * 1024 };

// Set by the first run.
static JSContext *context;
static JSValue start;

// A line of stdin. The buffer is kept for the next one.
static struct {
    char *bytes;
    size_t length, capacity;
    size_t used; // how much of it are lines that have been handed out
} input;

static bool fill(void)
{
    if (input.length == input.capacity) {
        size_t capacity = input.capacity ? input.capacity * 2 : 16384;
        char *bytes = realloc(input.bytes, capacity);
        if (!bytes)
            return false;
        input.bytes = bytes;
        input.capacity = capacity;
    }
    ssize_t count = read(STDIN_FILENO, input.bytes + input.length, input.capacity - input.length);
    if (count <= 0)
        return false;
    input.length += count;
    return true;
}

// Writes the text and a newline, with one call as long as the host takes all of it.
static bool write_line(int fd, const char *text, size_t length)
{
    struct iovec parts[] = { { (void *)text, length }, { "\n", 1 } };
    for (size_t left = length + 1; left > 0;) {
        ssize_t count = writev(fd, parts, 2);
        if (count < 0)
            return false;
        left -= count;
        for (size_t i = 0; i < 2; i++) {
            size_t taken = (size_t)count < parts[i].iov_len ? (size_t)count : parts[i].iov_len;
            parts[i].iov_base = (char *)parts[i].iov_base + taken;
            parts[i].iov_len -= taken;
            count -= taken;
        }
    }
    return true;
}

// What `Date` reads. The library's own leaves `time` as it was where there is no clock.
int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    __wasi_timestamp_t now = 0;
    (void)__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 1000, &now);
    *time = (struct timeval){ .tv_sec = now / 1000000000, .tv_usec = now / 1000 % 1000000 };
    return 0;
}

// What scripts find in the global object `engine`. A WASI function that fails is thrown as an Error
// with the number in its property `errno`.

static JSValue failed(JSContext *ctx, const char *function, int code)
{
    char message[64];
    snprintf(message, sizeof message, "%s failed with errno %d", function, code);
    JSValue error = JS_NewError(ctx);
    JS_DefinePropertyValueStr(ctx, error, "message", JS_NewString(ctx, message),
                              JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
    JS_DefinePropertyValueStr(ctx, error, "errno", JS_NewInt32(ctx, code), JS_PROP_C_W_E);
    return JS_Throw(ctx, error);
}

// receive(): the next line of stdin, parsed; undefined at the end of input. Throws a SyntaxError.
static JSValue receive(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    if (input.used > 0) {
        input.length -= input.used;
        memmove(input.bytes, input.bytes + input.used, input.length);
        input.used = 0;
    }
    char *end = NULL;
    for (size_t seen = 0; !end; seen = input.length) {
        if (seen == input.length && !fill())
            return JS_UNDEFINED;
        end = memchr(input.bytes + seen, '\n', input.length - seen);
    }
    *end = '\0'; // the parser wants it behind the text
    input.used = end + 1 - input.bytes;
    return JS_ParseJSON(ctx, input.bytes, end - input.bytes, "message");
}

// write(fd, text): the text and a newline.
static JSValue write_text(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int fd;
    size_t length;
    if (JS_ToInt32(ctx, &fd, argv[0]))
        return JS_EXCEPTION;
    const char *text = JS_ToCStringLen(ctx, &length, argv[1]);
    if (!text)
        return JS_EXCEPTION;
    bool written = write_line(fd, text, length);
    JS_FreeCString(ctx, text);
    return written ? JS_UNDEFINED : failed(ctx, "fd_write", errno);
}

// clock(id): the time of a clock, a BigInt of nanoseconds.
static JSValue clock_now(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint32_t id;
    __wasi_timestamp_t time;
    if (JS_ToUint32(ctx, &id, argv[0]))
        return JS_EXCEPTION;
    int code = __wasi_clock_time_get(id, 1, &time);
    return code ? failed(ctx, "clock_time_get", code) : JS_NewBigUint64(ctx, time);
}

// random(array): fills a Uint8Array.
static JSValue fill_random(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    size_t length;
    uint8_t *bytes = JS_GetUint8Array(ctx, &length, argv[0]);
    if (!bytes)
        return JS_EXCEPTION;
    int code = __wasi_random_get(bytes, length);
    return code ? failed(ctx, "random_get", code) : JS_UNDEFINED;
}

// sleep(ms)
static JSValue sleep_for(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    double ms;
    if (JS_ToFloat64(ctx, &ms, argv[0]))
        return JS_EXCEPTION;
    __wasi_subscription_t subscription = {
        .u = { .tag = __WASI_EVENTTYPE_CLOCK,
               .u.clock = { .id = __WASI_CLOCKID_MONOTONIC, .timeout = ms * 1e6 } },
    };
    __wasi_event_t event;
    __wasi_size_t count;
    int code = __wasi_poll_oneoff(&subscription, &event, 1, &count);
    if (!code)
        code = event.error;
    return code ? failed(ctx, "poll_oneoff", code) : JS_UNDEFINED;
}

// serve(function): what to call when a request is there to be answered.
static JSValue set_start(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JS_FreeValue(ctx, start);
    start = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("receive", 0, receive),    JS_CFUNC_DEF("write", 2, write_text),
    JS_CFUNC_DEF("clock", 1, clock_now),    JS_CFUNC_DEF("random", 1, fill_random),
    JS_CFUNC_DEF("sleep", 1, sleep_for),    JS_CFUNC_DEF("serve", 1, set_start),
};

static int complain(const char *message)
{
    fprintf(stderr, "error: %s\n", message);
    return EXIT_FAILURE;
}

// Writes what was thrown to stderr, with its stack.
static int report(JSContext *ctx, JSValue error)
{
    const char *message = JS_ToCString(ctx, error);
    JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
    const char *trace = JS_IsString(stack) ? JS_ToCString(ctx, stack) : NULL;
    fprintf(stderr, "error: %s\n%s", message ? message : "?", trace ? trace : "");
    return EXIT_FAILURE;
}

// Runs what promises have put off; returns false when a job throws.
static bool run_jobs(void)
{
    int count;
    do
        count = JS_ExecutePendingJob(JS_GetRuntime(context), NULL);
    while (count > 0);
    return count == 0;
}

// The scripts on stdin are "name\0source\0", again and again; the first is the one to evaluate.

static const char *find_script(const char *name)
{
    for (size_t at = 0; at < input.length;) {
        const char *found = input.bytes + at;
        const char *source = found + strlen(found) + 1;
        if (strcmp(found, name) == 0)
            return source;
        at = source + strlen(source) + 1 - input.bytes;
    }
    return NULL;
}

static JSModuleDef *load_module(JSContext *ctx, const char *name, void *opaque)
{
    const char *source = find_script(name);
    if (!source) {
        JS_ThrowReferenceError(ctx, "there is no script \"%s\"", name);
        return NULL;
    }
    JSValue module = JS_Eval(ctx, source, strlen(source), name,
                             JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(module))
        return NULL;
    JSModuleDef *definition = JS_VALUE_GET_PTR(module);
    JS_FreeValue(ctx, module);
    return definition;
}

// All of the language; but no `performance`, which aborts where there is no clock.
static JSContext *new_context(JSRuntime *runtime)
{
    JSContext *ctx = JS_NewContextRaw(runtime);
    JS_AddIntrinsicBaseObjects(ctx);
    JS_AddIntrinsicDate(ctx);
    JS_AddIntrinsicEval(ctx);
    JS_AddIntrinsicRegExp(ctx);
    JS_AddIntrinsicJSON(ctx);
    JS_AddIntrinsicProxy(ctx);
    JS_AddIntrinsicMapSet(ctx);
    JS_AddIntrinsicTypedArrays(ctx);
    JS_AddIntrinsicPromise(ctx);
    JS_AddIntrinsicWeakRef(ctx);
    JS_AddIntrinsicAToB(ctx);
    return ctx;
}

static int set_up(void)
{
    while (fill())
        ;
    JSRuntime *runtime = JS_NewRuntime();
    // Too deep a recursion is an error in the script: on WASI the engine itself would set no limit,
    // and the guest would trap. The stack lies below the data and grows down to 0.
    runtime->stack_limit = STACK_RESERVE;
    JSContext *ctx = new_context(runtime);
    JS_SetGCThreshold(runtime, 1024 * 1024);
    JS_SetModuleLoaderFunc(runtime, NULL, load_module, NULL);

    JSValue global = JS_GetGlobalObject(ctx);
    JSValue engine = JS_NewObject(ctx);
    JS_SetPropertyFunctionList(ctx, engine, functions, sizeof functions / sizeof *functions);
    JS_SetPropertyStr(ctx, global, "engine", engine);
    JS_FreeValue(ctx, global);

    context = ctx;
    start = JS_UNDEFINED;
    const char *source = find_script(input.bytes);
    JSValue done = JS_Eval(ctx, source, strlen(source), input.bytes, JS_EVAL_TYPE_MODULE);
    if (JS_IsException(done) || !run_jobs())
        return report(ctx, JS_GetException(ctx));
    if (JS_PromiseState(ctx, done) == JS_PROMISE_REJECTED)
        return report(ctx, JS_PromiseResult(ctx, done));
    if (JS_PromiseState(ctx, done) == JS_PROMISE_PENDING)
        return complain("a script awaits what never happens");
    if (!JS_IsFunction(ctx, start))
        return complain("no script has called engine.serve");
    JS_FreeValue(ctx, done);

    memset(input.bytes, 0, input.capacity); // zeros take no room in the module
    input.length = 0;
    JS_RunGC(runtime);
    return EXIT_SUCCESS;
}

static int serve(void)
{
    JSValue done = JS_Call(context, start, JS_UNDEFINED, 0, NULL);
    if (JS_IsException(done) || !run_jobs())
        return report(context, JS_GetException(context));
    return EXIT_SUCCESS;
}

int main(void)
{
    return context ? serve() : set_up();
}
