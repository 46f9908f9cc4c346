// The six reference methods, and four for tests of the protocol.
package main

import (
	"encoding/json"
	"math"
	"time"
	"unsafe"

	"example.com/plugin/kit"
)

const maxSleepMs = math.MaxInt64 / int64(time.Millisecond)

func main() {
	kit.Method("ping", func(*kit.Call, json.RawMessage) (string, error) { return "pong", nil })
	kit.Method("get_random_number", getRandomNumber)
	kit.Method("get_time", func(*kit.Call, json.RawMessage) (int64, error) { return time.Now().Unix(), nil })
	kit.Method("sleep", sleep)
	kit.Method("many_echo", manyEcho)
	kit.Method("prime_sieve", primeSieve)

	kit.Method("echo", func(_ *kit.Call, params json.RawMessage) (json.RawMessage, error) { return params, nil })
	kit.Method("log", logText)
	kit.Method("fail", func(_ *kit.Call, params kit.RPCError) (any, error) { return nil, &params })
	kit.Method("host", callHost)
	kit.Serve()
}

func getRandomNumber(*kit.Call, json.RawMessage) (number uint64, err error) {
	if errno := randomGet(unsafe.Pointer(&number), 8); errno != 0 {
		return 0, kit.Errorf(kit.CodeServer, "random_get failed with errno %d", errno)
	}
	return number, nil
}

func sleep(_ *kit.Call, ms uint64) (any, error) {
	if ms > uint64(maxSleepMs) {
		return nil, kit.Errorf(kit.CodeInvalidParams, "Invalid params: %d ms is longer than %d", ms, maxSleepMs)
	}
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return nil, nil
}

func manyEcho(call *kit.Call, n uint32) (any, error) {
	for i := uint32(0); i < n; i++ {
		answer, err := kit.Host[uint32](call, "echo", i)
		if err != nil {
			return nil, err
		}
		if answer != i {
			return nil, kit.Errorf(kit.CodeServer, "echo answered %d with something else", i)
		}
	}
	return nil, nil
}

// Primes is what prime_sieve answers.
type Primes struct {
	Count uint32 `json:"count"`
	Limit uint32 `json:"limit"`
}

func primeSieve(_ *kit.Call, limit uint32) (Primes, error) {
	count := countPrimes(uint64(limit))
	kit.Info.Logf("%d primes up to %d", count, limit)
	return Primes{count, limit}, nil
}

// countPrimes says how many primes there are up to and including limit. It sieves with a bit for each number.
func countPrimes(limit uint64) (count uint32) {
	composite := make([]byte, limit/8+1)
	for n := uint64(2); n <= limit; n++ {
		if composite[n/8]&(1<<(n%8)) != 0 {
			continue
		}
		count++
		for multiple := n * n; multiple <= limit; multiple += n {
			composite[multiple/8] |= 1 << (multiple % 8)
		}
	}
	return count
}

func logText(_ *kit.Call, text string) (any, error) {
	kit.Info.Logf("%s", text)
	return nil, nil
}

func callHost(call *kit.Call, params struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}) (json.RawMessage, error) {
	return kit.Host[json.RawMessage](call, params.Method, params.Params)
}
