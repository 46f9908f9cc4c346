// Package kit is the plugin's side of the protocol. An instance answers one call and exits.
//
//	kit.Method("greet", func(call *kit.Call, name string) (string, error) {
//		greeting, err := kit.Host[string](call, "kv.get", "greeting")
//		return greeting + " " + name, err
//	})
//	kit.Serve()
package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// JSON-RPC 2.0 error codes; a plugin's own are from -32099 to -32000.
const (
	CodeParse          = -32700
	CodeInvalidRequest = -32600
	CodeMethodNotFound = -32601
	CodeInvalidParams  = -32602
	CodeInternal       = -32603
	CodeServer         = -32000
)

// RPCError is an error that arrives on the other side with its code, message and data: a method's at the host, a host
// method's at the plugin.
type RPCError struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Errorf makes an RPCError without data.
func Errorf(code int, format string, args ...any) *RPCError {
	return &RPCError{Code: code, Message: fmt.Sprintf(format, args...)}
}

func (e *RPCError) Error() string { return e.Message }

// Call is the call that this instance answers. It is for one goroutine at a time.
type Call struct {
	// requests counts those to the host; it is the id of the last one.
	requests uint64
}

var (
	null    = json.RawMessage("null")
	methods = map[string]func(call *Call, params json.RawMessage) (any, error){}
)

// Method offers handler to the host under that name.
//
// Params and result are what encoding/json makes of T and R. An array of one stands for its element, unless T takes the
// array; null is for types that have a nil. Params that do not decode are answered with CodeInvalidParams. With
// T = json.RawMessage the handler gets the params as they are, whatever they are.
//
// An error that is or wraps an *RPCError is answered as it is, any other with CodeServer.
func Method[T, R any](name string, handler func(call *Call, params T) (R, error)) {
	methods[name] = func(call *Call, encoded json.RawMessage) (any, error) {
		var params T
		if err := decodeParams(encoded, &params); err != nil {
			return nil, Errorf(CodeInvalidParams, "Invalid params: %v", err)
		}
		return handler(call, params)
	}
}

// Host calls a host method and waits for its answer; no other goroutine runs meanwhile. An error that the host answers
// is an *RPCError.
func Host[R any](call *Call, method string, params any) (result R, err error) {
	call.requests++
	if err := sendRequest(call.requests, method, params); err != nil {
		return result, err
	}
	var answer struct {
		ID     uint64          `json:"id"`
		Result json.RawMessage `json:"result"`
		Error  *RPCError       `json:"error"`
	}
	if err := receive(&answer); err != nil || answer.ID != call.requests {
		return result, Errorf(CodeInternal, "No answer to host method %q", method)
	}
	if answer.Error != nil {
		return result, answer.Error
	}
	if err := decode(answer.Result, &result); err != nil {
		return result, fmt.Errorf("%s answered something else: %w", method, err)
	}
	return result, nil
}

// request is the host's.
type request struct {
	ID     json.RawMessage `json:"id"`
	Method *string         `json:"method"`
	Params json.RawMessage `json:"params"`
}

// Serve answers the request on stdin. To be called once, after every Method.
func Serve() {
	var request request
	err := receive(&request)
	if errors.Is(err, io.EOF) {
		return
	}
	if request.ID == nil {
		request.ID = null
	}
	result, err := dispatch(request, err)
	if err == nil {
		err = sendAnswer(request.ID, "result", result)
	}
	if err != nil {
		var rpc *RPCError
		if !errors.As(err, &rpc) {
			rpc = Errorf(CodeServer, "%v", err)
		}
		sendAnswer(request.ID, "error", rpc)
	}
}

// dispatch has the method answer the request, unless receiving it was an error.
func dispatch(request request, err error) (any, error) {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return nil, Errorf(CodeParse, "Parse error")
	}
	if err != nil || request.Method == nil {
		return nil, Errorf(CodeInvalidRequest, "Invalid request")
	}
	method, found := methods[*request.Method]
	if !found {
		return nil, Errorf(CodeMethodNotFound, "Method not found: %s", *request.Method)
	}
	return method(&Call{}, request.Params)
}

// decodeParams is decode, but for an array of one that T does not take.
func decodeParams(encoded json.RawMessage, params any) error {
	err := decode(encoded, params)
	var one []json.RawMessage
	if err != nil && json.Unmarshal(encoded, &one) == nil && len(one) == 1 {
		return decode(one[0], params)
	}
	return err
}

// decode is json.Unmarshal, but for null: json.Unmarshal takes it for anything, this for types that have a nil.
func decode(encoded json.RawMessage, value any) error {
	if encoded == nil {
		encoded = null
	}
	if bytes.Equal(encoded, null) {
		switch kind := reflect.TypeOf(value).Elem().Kind(); kind {
		case reflect.Interface, reflect.Map, reflect.Pointer, reflect.Slice:
		default:
			return fmt.Errorf("null is no %v", kind)
		}
	}
	return json.Unmarshal(encoded, value)
}
