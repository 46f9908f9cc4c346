;; The smallest plugin: it answers `ping`, and any other method with an error.
;;
;; A call is a fresh instance, of which `_start` is run once. On stdin is one line, the request:
;;     {"jsonrpc":"2.0","id":7,"method":"ping","params":null}
;; The plugin writes one line to stdout, with the id of the request, and returns:
;;     {"jsonrpc":"2.0","id":7,"result":"pong"}
;;     {"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"Method not found: pong"}}
(module
  ;; Both take a descriptor, a list of (address, length) pairs, how many these are, and where to put the number of
  ;; bytes that were moved. Both return 0, or an errno.
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))

  ;; The host reads and writes here. At 0: the pairs. At 40: the bytes moved. From 256 to the end: the request.
  (memory (export "memory") 1)
  (data (i32.const 48) "\"id\":")
  (data (i32.const 56) "\"method\":\"")
  (data (i32.const 72) "{\"jsonrpc\":\"2.0\",\"id\":")
  (data (i32.const 96) ",\"result\":\"pong\"}\n")
  (data (i32.const 120) ",\"error\":{\"code\":-32601,\"message\":\"Method not found: ")
  (data (i32.const 176) "\"}}\n")

  (func (export "_start") (local $end i32) (local $id i32) (local $idEnd i32) (local $name i32) (local $nameEnd i32)
    ;; Read until the line ends or the memory does: what is needed stands before the params. `fd_read` waits for at
    ;; least a byte; that it moves none is the end of stdin.
    (local.set $end (i32.const 256))
    (loop $more
      (call $pair (i32.const 0) (local.get $end) (i32.const 65536))
      (if (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 40)) (then (return)))
      (if (i32.eqz (i32.load (i32.const 40))) (then (return)))
      (local.set $end (i32.add (local.get $end) (i32.load (i32.const 40))))
      (br_if $more (i32.and
        (i32.ne (i32.load8_u (i32.sub (local.get $end) (i32.const 1))) (i32.const 10)) ;; "\n"
        (i32.lt_u (local.get $end) (i32.const 65536)))))

    ;; The id is a row of digits.
    (local.set $id (call $after (i32.const 256) (i32.const 48) (i32.const 5)))
    (local.set $idEnd (local.get $id))
    (loop $digits
      (local.set $idEnd (i32.add (local.get $idEnd) (i32.const 1)))
      (br_if $digits (i32.lt_u (i32.sub (i32.load8_u (local.get $idEnd)) (i32.const 48)) (i32.const 10))))

    ;; The name ends at the first quote that has no backslash before it. As it stands, escapes and all, it goes into
    ;; the message of the error.
    (local.set $name (call $after (i32.const 256) (i32.const 56) (i32.const 10)))
    (local.set $nameEnd (local.get $name))
    (block $quote
      (loop $next
        (br_if $quote (i32.eq (i32.load8_u (local.get $nameEnd)) (i32.const 34))) ;; a quote
        (local.set $nameEnd (i32.add (local.get $nameEnd) (select (i32.const 2) (i32.const 1)
          (i32.eq (i32.load8_u (local.get $nameEnd)) (i32.const 92))))) ;; a backslash, and what it escapes
        (br $next)))

    ;; The parts of the answer, written at once. An errno would mean that nobody listens.
    (call $pair (i32.const 0) (i32.const 72) (i32.const 94))
    (call $pair (i32.const 8) (local.get $id) (local.get $idEnd))
    (if (i32.and
          (i32.eq (i32.sub (local.get $nameEnd) (local.get $name)) (i32.const 4))
          (i32.eq (i32.load (local.get $name)) (i32.const 0x676e6970))) ;; "ping", last letter first
      (then
        (call $pair (i32.const 16) (i32.const 96) (i32.const 114))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 3) (i32.const 40))))
      (else
        (call $pair (i32.const 16) (i32.const 120) (i32.const 173))
        (call $pair (i32.const 24) (local.get $name) (local.get $nameEnd))
        (call $pair (i32.const 32) (i32.const 176) (i32.const 180))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 5) (i32.const 40))))))

  ;; Writes the address and length of what lies between two addresses.
  (func $pair (param $at i32) (param $from i32) (param $to i32)
    (i32.store (local.get $at) (local.get $from))
    (i32.store offset=4 (local.get $at) (i32.sub (local.get $to) (local.get $from))))

  ;; The address behind the first occurrence of a text, from an address on. There is one, or this traps at the end of
  ;; the memory.
  (func $after (param $from i32) (param $text i32) (param $size i32) (result i32) (local $i i32)
    (loop $same
      (if (i32.eq (i32.load8_u (i32.add (local.get $from) (local.get $i)))
                  (i32.load8_u (i32.add (local.get $text) (local.get $i))))
        (then (local.set $i (i32.add (local.get $i) (i32.const 1))))
        (else
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (local.set $i (i32.const 0))))
      (br_if $same (i32.lt_u (local.get $i) (local.get $size))))
    (i32.add (local.get $from) (local.get $size))))
