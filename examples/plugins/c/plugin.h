// A plugin's side of the protocol, in one header: one JSON-RPC message a line, requests on stdin,
// answers and requests of the plugin's own on stdout, log lines on stderr. An instance answers one
// request and ends, so what it has allocated need not be freed.
//
// In exactly one source file, define PLUGIN_IMPLEMENTATION before including it. All text is UTF-8.

#ifndef PLUGIN_H
#define PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// JSON as it was read: a value's text, inside the line it came on. Numbers keep all their digits.
// A value that is not there (`text` is NULL) is allowed wherever a value is, and is of no type.
typedef struct {
    const char *text;
    size_t length;
} json;

typedef enum {
    JSON_NONE, // not there
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
} json_type;

// Reads one value from text that ends with a NUL; false if that is not what is there, or it is
// nested deeper than 1,000 levels. The text must outlive the value.
bool json_parse(const char *text, json *value);

json_type json_type_of(json value);

// The typed readers are false, and leave `*out` as it is, if the value is of another type.
bool json_bool(json value, bool *out);
// A whole number from 0 to `max`, or one that fits, written in plain digits: neither 1.0 nor 1e3.
bool json_uint(json value, uint64_t max, uint64_t *out);
bool json_int(json value, int64_t *out);
bool json_double(json value, double *out);
// The text without its escapes, in memory of its own, with a NUL behind it. NULs inside count in
// `*length`, which may be NULL. A surrogate that has lost its other half becomes U+FFFD.
bool json_string(json value, char **out, size_t *length);
// Whether this is a string, and that text.
bool json_is(json value, const char *text);

// The first member of that name; none if there is none, or this is no object.
json json_get(json object, const char *name);

// The elements of an array, or the members of an object, one after another:
//     json name, value;
//     for (json_iterator at = json_each(list); json_next(&at, &name, &value);) …
// An array's elements have no names. What is neither array nor object has no members.
typedef struct {
    const char *next;
    bool named;
} json_iterator;

json_iterator json_each(json container);
bool json_next(json_iterator *at, json *name, json *value);

// JSON to be written. Begins as { 0 }; commas are put where they belong.
typedef struct {
    char *bytes;
    size_t length, capacity;
    bool comma;
} json_writer;

void json_put_null(json_writer *to);
void json_put_bool(json_writer *to, bool value);
void json_put_uint(json_writer *to, uint64_t value);
void json_put_int(json_writer *to, int64_t value);
void json_put_double(json_writer *to, double value); // null for NaN and infinities
void json_put_string(json_writer *to, const char *text);
void json_put_text(json_writer *to, const char *text, size_t length);
void json_put(json_writer *to, json value); // as it was read; null for none
void json_open(json_writer *to, char bracket); // '[' or '{'
void json_key(json_writer *to, const char *name);
void json_close(json_writer *to, char bracket); // ']' or '}'
// Forgets what has been written, and keeps the memory.
void json_reset(json_writer *to);

// JSON-RPC 2.0 error codes; a plugin's own are from -32099 to -32000.
enum {
    PLUGIN_PARSE_ERROR = -32700,
    PLUGIN_INVALID_REQUEST = -32600,
    PLUGIN_METHOD_NOT_FOUND = -32601,
    PLUGIN_INVALID_PARAMS = -32602,
    PLUGIN_INTERNAL_ERROR = -32603,
    PLUGIN_SERVER_ERROR = -32000,
};

// A method. Writes its result to `reply` and returns true; what writes nothing has the result null.
// To fail, it returns plugin_fail(…), plugin_fail_with(…) or plugin_pass(…).
typedef bool plugin_handler(json params, json_writer *reply);

typedef struct {
    const char *name;
    plugin_handler *handler;
} plugin_method;

// Answers the request on stdin. Returns what `main` is to return.
int plugin_serve(const plugin_method *methods, size_t count);

// The argument of a method that takes one: params 1000 and [1000] mean the same.
json plugin_argument(json params);

// These put an error in place of whatever `reply` holds, and return false.
__attribute__((format(printf, 3, 4)))
bool plugin_fail(json_writer *reply, int64_t code, const char *format, ...);
bool plugin_fail_with(json_writer *reply, int64_t code, const char *message, json data);
// Passes an error of the host's on, as it is.
bool plugin_pass(json_writer *reply, json error);

// Calls a method of the host's, with no params if they are NULL, and waits. True: `*result` is what
// it returned. False: it is the error, an object with code, message and perhaps data. Either is
// good until the next call.
bool plugin_call(const char *method, const json_writer *params, json *result);

typedef enum { PLUGIN_DEBUG, PLUGIN_INFO, PLUGIN_WARN, PLUGIN_ERROR } plugin_level;

// Writes a line to stderr, where the host takes it as a log line.
__attribute__((format(printf, 2, 3)))
void plugin_log(plugin_level level, const char *format, ...);

#endif

#ifdef PLUGIN_IMPLEMENTATION

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JSON_MAX_DEPTH 1000

static const json json_none = { 0 };
static const json json_null = { "null", 4 };

// Skipping. Each takes the address of a token's first character and returns where it ends, or NULL
// if it is malformed. None goes past the NUL at the end, since no token may contain one.

static const char *json_skip(const char *at, int depth);

static const char *json_skip_space(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        at++;
    return at;
}

static const char *json_skip_word(const char *at, const char *word)
{
    size_t length = strlen(word);
    return strncmp(at, word, length) == 0 ? at + length : NULL;
}

static const char *json_skip_digits(const char *at)
{
    if (!isdigit((unsigned char)*at))
        return NULL;
    while (isdigit((unsigned char)*at))
        at++;
    return at;
}

static const char *json_skip_number(const char *at)
{
    if (*at == '-')
        at++;
    at = *at == '0' ? at + 1 : json_skip_digits(at);
    if (at && *at == '.')
        at = json_skip_digits(at + 1);
    if (at && (*at | 0x20) == 'e')
        at = json_skip_digits(at + (at[1] == '+' || at[1] == '-' ? 2 : 1));
    return at;
}

static const char *json_skip_string(const char *at)
{
    if (*at != '"')
        return NULL;
    for (at++; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20)
            return NULL;
        if (*at != '\\')
            continue;
        if (*++at == 'u') {
            for (int i = 0; i < 4; i++) {
                if (!isxdigit((unsigned char)*++at))
                    return NULL;
            }
        } else if (*at == '\0' || !strchr("\"\\/bfnrt", *at)) {
            return NULL;
        }
    }
    return at + 1;
}

static const char *json_skip_container(const char *at, int depth)
{
    char close = *at == '{' ? '}' : ']';
    at = json_skip_space(at + 1);
    if (*at == close)
        return at + 1;
    for (;;) {
        if (close == '}') {
            if (!(at = json_skip_string(at)) || *(at = json_skip_space(at)) != ':')
                return NULL;
            at = json_skip_space(at + 1);
        }
        if (!(at = json_skip(at, depth)))
            return NULL;
        at = json_skip_space(at);
        if (*at == close)
            return at + 1;
        if (*at != ',')
            return NULL;
        at = json_skip_space(at + 1);
    }
}

static const char *json_skip(const char *at, int depth)
{
    switch (*at) {
    case '{':
    case '[': return depth < JSON_MAX_DEPTH ? json_skip_container(at, depth + 1) : NULL;
    case '"': return json_skip_string(at);
    case 't': return json_skip_word(at, "true");
    case 'f': return json_skip_word(at, "false");
    case 'n': return json_skip_word(at, "null");
    default: return json_skip_number(at);
    }
}

// Reading.

static json json_at(const char *at)
{
    return (json){ at, json_skip(at, 0) - at };
}

bool json_parse(const char *text, json *value)
{
    const char *start = json_skip_space(text);
    const char *end = json_skip(start, 0);
    if (!end || *json_skip_space(end) != '\0')
        return false;
    *value = (json){ start, end - start };
    return true;
}

json_type json_type_of(json value)
{
    switch (value.text ? *value.text : '\0') {
    case '\0': return JSON_NONE;
    case 'n': return JSON_NULL;
    case 't':
    case 'f': return JSON_BOOL;
    case '"': return JSON_STRING;
    case '[': return JSON_ARRAY;
    case '{': return JSON_OBJECT;
    default: return JSON_NUMBER;
    }
}

bool json_bool(json value, bool *out)
{
    if (json_type_of(value) != JSON_BOOL)
        return false;
    *out = *value.text == 't';
    return true;
}

bool json_uint(json value, uint64_t max, uint64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < value.length; i++) {
        unsigned digit = (unsigned char)value.text[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(number, 10, &number)
            || __builtin_add_overflow(number, digit, &number) || number > max)
            return false;
    }
    if (value.length == 0)
        return false;
    *out = number;
    return true;
}

bool json_int(json value, int64_t *out)
{
    uint64_t number;
    bool minus = json_type_of(value) == JSON_NUMBER && *value.text == '-';
    json digits = minus ? (json){ value.text + 1, value.length - 1 } : value;
    if (!json_uint(digits, (uint64_t)INT64_MAX + minus, &number))
        return false;
    *out = (int64_t)(minus ? -number : number);
    return true;
}

bool json_double(json value, double *out)
{
    if (json_type_of(value) != JSON_NUMBER)
        return false;
    *out = strtod(value.text, NULL); // what follows a number in JSON does not belong to one in C
    return true;
}

static unsigned json_hex(const char *at)
{
    unsigned unit = 0;
    for (int i = 0; i < 4; i++) {
        char lower = at[i] | 0x20;
        unit = unit << 4 | (lower < 'a' ? lower - '0' : lower - 'a' + 10);
    }
    return unit;
}

static size_t json_utf8(uint32_t code, char out[4])
{
    size_t extra = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };
    out[0] = (char)(lead[extra] | code >> extra * 6);
    for (size_t i = 1; i <= extra; i++)
        out[i] = (char)(0x80 | (code >> (extra - i) * 6 & 0x3f));
    return extra + 1;
}

// What stands behind a backslash, of which there are 1 to 4 bytes.
static size_t json_unescape(const char **at, char out[4])
{
    char c = *(*at)++;
    if (c != 'u') {
        static const char escapes[] = "b\bf\fn\nr\rt\t";
        const char *found = strchr(escapes, c);
        out[0] = found ? found[1] : c;
        return 1;
    }
    uint32_t code = json_hex(*at);
    *at += 4;
    if ((code & 0xf800) != 0xd800)
        return json_utf8(code, out);
    if (code < 0xdc00 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        unsigned low = json_hex(*at + 2);
        if ((low & 0xfc00) == 0xdc00) {
            *at += 6;
            return json_utf8(0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff), out);
        }
    }
    return json_utf8(0xfffd, out);
}

// The next byte of a string that is not its closing quote, or what the next escape stands for.
// Returns how many bytes that is.
static size_t json_next_bytes(const char **at, char out[4])
{
    char c = out[0] = *(*at)++;
    return c == '\\' ? json_unescape(at, out) : 1;
}
static void *plugin_grown(void *memory, size_t size)
{
    memory = realloc(memory, size);
    if (!memory) {
        static const char line[] = "error: out of memory\n";
        (void)write(STDERR_FILENO, line, sizeof line - 1);
        abort();
    }
    return memory;
}

bool json_string(json value, char **out, size_t *length)
{
    if (json_type_of(value) != JSON_STRING)
        return false;
    char *text = plugin_grown(NULL, value.length); // what an escape stands for is never longer
    char *to = text;
    for (const char *at = value.text + 1; *at != '"';) {
        char bytes[4];
        size_t count = json_next_bytes(&at, bytes);
        for (size_t i = 0; i < count; i++)
            *to++ = bytes[i];
    }
    *to = '\0';
    *out = text;
    if (length)
        *length = to - text;
    return true;
}

bool json_is(json value, const char *text)
{
    if (json_type_of(value) != JSON_STRING)
        return false;
    for (const char *at = value.text + 1; *at != '"';) {
        char bytes[4];
        size_t count = json_next_bytes(&at, bytes);
        for (size_t i = 0; i < count; i++) {
            if (*text == '\0' || *text++ != bytes[i])
                return false;
        }
    }
    return *text == '\0';
}

json_iterator json_each(json container)
{
    json_type type = json_type_of(container);
    if (type != JSON_ARRAY && type != JSON_OBJECT)
        return (json_iterator){ "]", false };
    return (json_iterator){ json_skip_space(container.text + 1), type == JSON_OBJECT };
}

bool json_next(json_iterator *at, json *name, json *value)
{
    const char *next = at->next;
    if (*next == ']' || *next == '}')
        return false;
    *name = json_none;
    if (at->named) {
        *name = json_at(next);
        next = json_skip_space(json_skip_space(next + name->length) + 1);
    }
    *value = json_at(next);
    next = json_skip_space(next + value->length);
    at->next = *next == ',' ? json_skip_space(next + 1) : next;
    return true;
}

json json_get(json object, const char *name)
{
    json key, value;
    for (json_iterator at = json_each(object); json_next(&at, &key, &value);) {
        if (json_is(key, name))
            return value;
    }
    return json_none;
}

// Writing.

static void json_bytes(json_writer *to, const char *bytes, size_t length)
{
    if (to->length + length > to->capacity) {
        to->capacity = (to->length + length) * 2;
        to->bytes = plugin_grown(to->bytes, to->capacity);
    }
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

static void json_next_value(json_writer *to)
{
    if (to->comma)
        json_bytes(to, ",", 1);
    to->comma = true;
}

void json_put(json_writer *to, json value)
{
    if (!value.text)
        value = json_null;
    json_next_value(to);
    json_bytes(to, value.text, value.length);
}

void json_put_null(json_writer *to)
{
    json_put(to, json_null);
}

void json_put_bool(json_writer *to, bool value)
{
    json_put(to, value ? (json){ "true", 4 } : (json){ "false", 5 });
}

static void json_put_digits(json_writer *to, bool minus, uint64_t value)
{
    char digits[21];
    char *end = digits + sizeof digits, *at = end;
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    if (minus)
        *--at = '-';
    json_put(to, (json){ at, end - at });
}

void json_put_uint(json_writer *to, uint64_t value)
{
    json_put_digits(to, false, value);
}

void json_put_int(json_writer *to, int64_t value)
{
    json_put_digits(to, value < 0, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void json_put_double(json_writer *to, double value)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%.17g", value);
    json_put(to, isfinite(value) ? (json){ text, length } : json_null);
}

void json_put_text(json_writer *to, const char *text, size_t length)
{
    json_next_value(to);
    json_bytes(to, "\"", 1);
    const char *end = text + length;
    while (text < end) {
        const char *plain = text;
        while (text < end && (unsigned char)*text >= 0x20 && *text != '"' && *text != '\\')
            text++;
        json_bytes(to, plain, text - plain);
        if (text < end) {
            char escape[8];
            json_bytes(to, escape, snprintf(escape, sizeof escape, "\\u%04x", *text++));
        }
    }
    json_bytes(to, "\"", 1);
}

void json_put_string(json_writer *to, const char *text)
{
    json_put_text(to, text, strlen(text));
}

void json_open(json_writer *to, char bracket)
{
    json_next_value(to);
    json_bytes(to, &bracket, 1);
    to->comma = false;
}

void json_close(json_writer *to, char bracket)
{
    json_bytes(to, &bracket, 1);
    to->comma = true;
}

void json_key(json_writer *to, const char *name)
{
    json_put_string(to, name);
    json_bytes(to, ":", 1);
    to->comma = false;
}

void json_reset(json_writer *to)
{
    to->length = 0;
    to->comma = false;
}

// Lines in, lines out.

// Reads stdin into a buffer of its own.
typedef struct {
    char *bytes;
    size_t length, capacity;
    size_t used; // how much of it is the line given last
} plugin_reader;

// The next line, with a NUL in place of its newline, good until the next call; NULL at the end of
// input. An error is an end too: on a blocking stdin there is no EAGAIN.
static const char *plugin_read_line(plugin_reader *from)
{
    from->length -= from->used;
    if (from->length > 0)
        memmove(from->bytes, from->bytes + from->used, from->length);
    from->used = 0;
    for (size_t seen = 0;;) {
        for (; seen < from->length; seen++) {
            if (from->bytes[seen] == '\n') {
                from->bytes[seen] = '\0';
                from->used = seen + 1;
                return from->bytes;
            }
        }
        if (from->length == from->capacity) {
            from->capacity = from->capacity ? from->capacity * 2 : 8192;
            from->bytes = plugin_grown(from->bytes, from->capacity);
        }
        size_t room = from->capacity - from->length;
        ssize_t count = read(STDIN_FILENO, from->bytes + from->length, room);
        if (count <= 0)
            return NULL;
        from->length += count;
    }
}

// A pipe that the host has closed takes nothing more: the rest is dropped.
static void plugin_write(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);
        if (count < 0)
            return;
        bytes += count;
        length -= count;
    }
}

// A message is { "jsonrpc": "2.0", "id": …, and its members }.

static json_writer plugin_message;

static void plugin_begin(void)
{
    json_reset(&plugin_message);
    json_open(&plugin_message, '{');
    json_key(&plugin_message, "jsonrpc");
    json_put_string(&plugin_message, "2.0");
    json_key(&plugin_message, "id");
}

static void plugin_member(const char *name, const json_writer *value)
{
    bool given = value && value->length > 0;
    json_key(&plugin_message, name);
    json_put(&plugin_message, given ? (json){ value->bytes, value->length } : json_null);
}

static void plugin_end(void)
{
    json_close(&plugin_message, '}');
    json_bytes(&plugin_message, "\n", 1);
    plugin_write(STDOUT_FILENO, plugin_message.bytes, plugin_message.length);
}

static bool plugin_dispatch(const plugin_method *methods, size_t count, json request,
                            json_writer *reply)
{
    json name = json_get(request, "method");
    if (json_type_of(name) != JSON_STRING)
        return plugin_fail(reply, PLUGIN_INVALID_REQUEST, "Invalid request");
    for (size_t i = 0; i < count; i++) {
        if (json_is(name, methods[i].name)) {
            json params = json_get(request, "params");
            return methods[i].handler(params.text ? params : json_null, reply);
        }
    }
    char *text = NULL;
    json_string(name, &text, NULL);
    return plugin_fail(reply, PLUGIN_METHOD_NOT_FOUND, "Method not found: %s", text);
}

int plugin_serve(const plugin_method *methods, size_t count)
{
    // A reader of its own, so that the params stay where they are while answers come and go.
    static plugin_reader requests;
    const char *line = plugin_read_line(&requests);
    if (!line)
        return EXIT_SUCCESS;
    json request = json_none;
    json_writer reply = { 0 };
    bool answered = json_parse(line, &request)
        ? plugin_dispatch(methods, count, request, &reply)
        : plugin_fail(&reply, PLUGIN_PARSE_ERROR, "Parse error");
    plugin_begin();
    json_put(&plugin_message, json_get(request, "id"));
    plugin_member(answered ? "result" : "error", &reply);
    plugin_end();
    return EXIT_SUCCESS;
}

json plugin_argument(json params)
{
    json name, only, other;
    json_iterator at = json_each(params);
    bool one = !at.named && json_next(&at, &name, &only) && !json_next(&at, &name, &other);
    return one ? only : params;
}

bool plugin_fail_with(json_writer *reply, int64_t code, const char *message, json data)
{
    json_reset(reply);
    json_open(reply, '{');
    json_key(reply, "code");
    json_put_int(reply, code);
    json_key(reply, "message");
    json_put_string(reply, message);
    if (data.text) {
        json_key(reply, "data");
        json_put(reply, data);
    }
    json_close(reply, '}');
    return false;
}

bool plugin_pass(json_writer *reply, json error)
{
    json_reset(reply);
    json_put(reply, error);
    return false;
}

static char *plugin_format(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *text = plugin_grown(NULL, length + 1);
    vsnprintf(text, length + 1, format, again);
    va_end(again);
    return text;
}

bool plugin_fail(json_writer *reply, int64_t code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *message = plugin_format(format, args);
    va_end(args);
    plugin_fail_with(reply, code, message, json_none);
    free(message);
    return false;
}

bool plugin_call(const char *method, const json_writer *params, json *result)
{
    static plugin_reader answers;
    static uint64_t calls; // also the id of the last one
    plugin_begin();
    json_put_uint(&plugin_message, ++calls);
    json_key(&plugin_message, "method");
    json_put_string(&plugin_message, method);
    plugin_member("params", params);
    plugin_end();

    json answer = json_none;
    uint64_t answered;
    const char *line = plugin_read_line(&answers);
    if (!line || !json_parse(line, &answer) || !json_uint(json_get(answer, "id"), calls, &answered)
        || answered != calls) {
        static const char none[] = "{\"code\":-32603,\"message\":\"No answer from the host\"}";
        *result = (json){ none, sizeof none - 1 };
        return false;
    }
    json error = json_get(answer, "error");
    bool failed = json_type_of(error) == JSON_OBJECT;
    *result = failed ? error : json_get(answer, "result");
    return !failed;
}

void plugin_log(plugin_level level, const char *format, ...)
{
    static const char *const names[] = { "debug: ", "info: ", "warn: ", "error: " };
    va_list args;
    va_start(args, format);
    char *text = plugin_format(format, args);
    va_end(args);
    json_writer line = { 0 };
    json_bytes(&line, names[level], strlen(names[level]));
    json_bytes(&line, text, strlen(text));
    json_bytes(&line, "\n", 1);
    plugin_write(STDERR_FILENO, line.bytes, line.length);
    free(line.bytes);
    free(text);
}

#endif
