// The WASI functions that the kit imports. AssemblyScript takes the import's module name from this file's name.
// https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md

/** Fills the iovecs from `fd`; stores the number of bytes at `nread` (0 = end of input). */
export declare function fd_read(fd: i32, iovecs: usize, count: i32, nread: usize): u16;

/** Writes the ciovecs to `fd`; stores the number of bytes taken at `nwritten`. */
export declare function fd_write(fd: i32, ciovecs: usize, count: i32, nwritten: usize): u16;

/** Stores the time of `clock` (0 realtime, 1 monotonic), a u64 of nanoseconds, at `time`. */
export declare function clock_time_get(clock: i32, precision: u64, time: usize): u16;

/** Fills `length` bytes at `buffer` with random bytes. */
export declare function random_get(buffer: usize, length: usize): u16;

/** Waits until one of the subscriptions has happened; stores what did at `events`. */
export declare function poll_oneoff(
  subscriptions: usize,
  events: usize,
  count: i32,
  nevents: usize,
): u16;
