// Lines in, lines out.

import { fd_read, fd_write } from "./wasi_snapshot_preview1";

const enum Fd {
  Stdin = 0,
  Stdout = 1,
  Stderr = 2,
}

const NEWLINE: u8 = 0x0a;

/** One iovec, its address and length; behind it the number of bytes that a call moved. */
const iovec = memory.data(12, 4);
const moved = iovec + 8;

/** Reads stdin, a line at a time, into a buffer of its own. */
export class LineReader {
  private capacity: usize = 8192;
  private buffer: usize = heap.alloc(8192);
  /** Bytes in the buffer, and how many of them are the line given last. */
  private length: usize = 0;
  private used: usize = 0;

  /** The address of the next line, which ends with "\n" and is good until the next call; 0 at the end of input. */
  next(): usize {
    this.length -= this.used;
    memory.copy(this.buffer, this.buffer + this.used, this.length);
    this.used = 0;
    let seen: usize = 0;
    do {
      const end = this.buffer + this.length;
      for (let at = this.buffer + seen; at < end; at++) {
        if (load<u8>(at) == NEWLINE) {
          this.used = at + 1 - this.buffer;
          return this.buffer;
        }
      }
      seen = this.length;
    } while (this.fill());
    return 0;
  }

  /** Reads what there is; false at the end of input. An error is an end too: on a blocking stdin there is no EAGAIN. */
  private fill(): bool {
    if (this.length == this.capacity) {
      this.capacity *= 2;
      this.buffer = heap.realloc(this.buffer, this.capacity);
    }
    store<usize>(iovec, this.buffer + this.length);
    store<usize>(iovec, this.capacity - this.length, 4);
    if (fd_read(Fd.Stdin, iovec, 1, moved)) return false;
    const count = load<usize>(moved);
    this.length += count;
    return count > 0;
  }
}

/** Writes `length` bytes of a message to stdout. */
export function send(start: usize, length: usize): void {
  write(Fd.Stdout, start, length);
}

/** Writes one line to stderr, where the host takes it as a log line. `level` is "debug", "info", "warn" or "error". */
export function log(level: string, message: string): void {
  const line = String.UTF8.encode(`${level}: ${message}\n`);
  write(Fd.Stderr, changetype<usize>(line), line.byteLength);
}

/** What AssemblyScript calls when an assertion fails or an index is out of range: a log line, then a trap. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  log("error", `${message ? message : "abort"} at ${file ? file : "?"}:${line}:${column}`);
  unreachable();
}

/** A pipe that the host has closed takes nothing more: the rest is dropped. */
function write(fd: Fd, start: usize, length: usize): void {
  while (length > 0) {
    store<usize>(iovec, start);
    store<usize>(iovec, length, 4);
    if (fd_write(fd, iovec, 1, moved)) return;
    const count = load<usize>(moved);
    start += count;
    length -= count;
  }
}
