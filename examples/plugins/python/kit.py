"""The plugin's side of the protocol: one JSON-RPC message a line. An instance answers one call and exits.

    from kit import host, method, serve

    @method
    def greet(name: str):
        return host("kv.get", "greeting") + " " + name

    serve()
"""

# The parser and the writer of package json without the package, which imports re: that is more work than all the rest
# of the interpreter's start. posix is what os is made of.
import _json
import posix
import sys

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_ERROR = -32000  # a plugin's own are from -32099 to -32000

_methods = {}
_requests = 0


class RpcError(Exception):
    """An error that arrives on the other side with its code, message and data: a method's at the host, a host
    method's at the plugin. Data that is ... is none."""

    def __init__(self, code, message, data=...):
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


def method(function):
    """Offers a function to the host under its own name.

    A function without parameters takes any params. One with a single parameter takes the params as they are, or an
    array of one if its element is of the annotated type and the array is not. One with several takes an array of them
    or an object with their names. What is not of its annotated type is answered with INVALID_PARAMS.
    """
    _methods[function.__name__] = function
    return function


def host(name, params=None):
    """Calls a host method and waits for its answer. Raises the RpcError that the host answers with."""
    global _requests
    _requests += 1
    _send({"jsonrpc": "2.0", "id": _requests, "method": name, "params": params})
    line = sys.stdin.buffer.readline()
    answer = _parse(line) if line else {}
    if answer.get("id") != _requests:
        raise RpcError(INTERNAL_ERROR, f'No answer to host method "{name}"')
    if error := answer.get("error"):
        raise RpcError(error["code"], error["message"], error.get("data", ...))
    return answer.get("result")


def log(level, text):
    """Writes a line to stderr, where the host takes it as a log line. Levels are debug, info, warn and error."""
    print(f"{level}: {text}", file=sys.stderr)


def serve():
    """Answers the request on stdin, and exits. To be called once, after every method."""
    identity = None
    if (line := sys.stdin.buffer.readline()).endswith(b"\n"):
        try:
            request = _parse(line)
            if isinstance(request, dict):
                identity = request.get("id")
            _send({"jsonrpc": "2.0", "id": identity, "result": _dispatch(request)})
        except MemoryError:
            raise  # a guest that ends of it has exceeded a limit, and that is what the host then says
        except Exception as error:
            _send({"jsonrpc": "2.0", "id": identity, "error": _describe(error)})
    # Nobody needs the interpreter taken apart object by object, a fifth of a short call's work.
    posix._exit(0)


def _describe(error):
    if not isinstance(error, RpcError):
        sys.excepthook(type(error), error, error.__traceback__)
        error = RpcError(SERVER_ERROR, f"{type(error).__name__}: {error}")
    members = {"code": error.code, "message": error.message, "data": error.data}
    return {name: value for name, value in members.items() if value is not ...}


def _dispatch(request):
    if not isinstance(request, dict) or not isinstance(request.get("method"), str):
        raise RpcError(INVALID_REQUEST, "Invalid request")
    if not (function := _methods.get(request["method"])):
        raise RpcError(METHOD_NOT_FOUND, f"Method not found: {request['method']}")
    return function(**_arguments(function, request.get("params")))


def _arguments(function, params):
    """The arguments that params are for a function, by name."""
    code, kinds = function.__code__, function.__annotations__
    names = code.co_varnames[:code.co_argcount]
    if not names:
        return {}
    if len(names) == 1:
        if isinstance(params, list) and len(params) == 1 and not _fits(params, kinds.get(names[0], object)):
            params = params[0]
        params = [params]
    arguments = params if isinstance(params, dict) else dict(zip(names, params if isinstance(params, list) else ()))
    required = names[:len(names) - len(function.__defaults__ or ())]
    if not set(required) <= set(arguments) <= set(names):
        raise RpcError(INVALID_PARAMS, f"Params must be {', '.join(names)}")
    for name, value in arguments.items():
        if not _fits(value, kind := kinds.get(name, object)):
            raise RpcError(INVALID_PARAMS, f"{name} must be of type {kind.__name__}")
    return arguments


def _fits(value, kind):
    if kind in (int, float):
        return isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
    return isinstance(value, kind)


def _send(message):
    sys.stdout.buffer.write("".join(_write(message, 0)).encode() + b"\n")
    sys.stdout.buffer.flush()


def _parse(line):
    text = line.decode().strip(" \t\r\n")
    try:
        value, end = _scan(text, 0)
    except (ValueError, StopIteration, RecursionError):
        end = None
    if end != len(text):
        raise RpcError(PARSE_ERROR, "Parse error")
    return value


def _refuse(what):
    raise ValueError(f"JSON has no {what!r}")


class _Syntax:
    strict = True
    object_hook = object_pairs_hook = None
    parse_float, parse_int, parse_constant = float, int, _refuse


_scan = _json.make_scanner(_Syntax)
# With ASCII only, so that half a surrogate pair survives.
_write = _json.make_encoder(None, _refuse, _json.encode_basestring_ascii, None, ":", ",", False, False, False)
