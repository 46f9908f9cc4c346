package kit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"syscall"
)

// One JSON-RPC message a line: requests and answers on stdin and stdout, log lines on stderr.
//
// The descriptors are used as they are. Those of package os are non-blocking, so that a goroutine which waits lets others
// run, but then a line from the host takes six host functions in place of one, and twice the time.

var stdin = bufio.NewReaderSize(descriptor(syscall.Stdin), 16<<10)

type descriptor int

func init() { syscall.SetNonblock(syscall.Stdin, false) }

func (fd descriptor) Read(buffer []byte) (int, error) {
	n, err := syscall.Read(int(fd), buffer)
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// receive waits for a line and decodes it. At the end of stdin the error is io.EOF.
func receive(message any) error {
	line, err := stdin.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, message)
}

func sendRequest(id uint64, method string, params any) error {
	encodedMethod, err := json.Marshal(method)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(params)
	if err != nil {
		return err
	}
	return write(syscall.Stdout, `{"jsonrpc":"2.0","id":%d,"method":%s,"params":%s}`, id, encodedMethod, encoded)
}

// sendAnswer sends a result or an error, whichever member names.
func sendAnswer(id json.RawMessage, member string, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return write(syscall.Stdout, `{"jsonrpc":"2.0","id":%s,%q:%s}`, id, member, encoded)
}

// Level is how much a log line matters.
type Level string

// The levels, from the least to the most.
const (
	Debug Level = "debug"
	Info  Level = "info"
	Warn  Level = "warn"
	Error Level = "error"
)

// Logf writes a line to stderr, which the host takes as a log line.
func (level Level) Logf(format string, args ...any) {
	write(syscall.Stderr, "%s: %s", level, fmt.Sprintf(format, args...))
}

// write writes a line.
func write(fd int, format string, args ...any) error {
	line := append(fmt.Appendf(nil, format, args...), '\n')
	for len(line) > 0 {
		n, err := syscall.Write(fd, line)
		if err != nil {
			return err
		}
		line = line[n:]
	}
	return nil
}
