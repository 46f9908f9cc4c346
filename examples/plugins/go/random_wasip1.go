package main

import "unsafe"

// randomGet is WASI's own: Go's crypto/rand ends the program where the manifest grants no random bytes, and math/rand
// makes do with the clock.
//
//go:wasmimport wasi_snapshot_preview1 random_get
func randomGet(buffer unsafe.Pointer, length uint32) (errno uint32)
