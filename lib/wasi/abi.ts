/**
 * The numbers of `wasi_snapshot_preview1` that this room uses, under the names of its witx files:
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
 *
 * @module
 */

/** The module name under which a guest imports WASI. */
export const WASI_MODULE = "wasi_snapshot_preview1";

// errno: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#errno

/** No error. */
export const SUCCESS = 0;
/** Nothing to read now; ask again later. */
export const EAGAIN = 6;
/** Not an open descriptor, or not open in that direction. */
export const EBADF = 8;
/** A pointer outside the guest's memory. */
export const EFAULT = 21;
/** An argument that the function does not know. */
export const EINVAL = 28;
/** The host does not offer this function. */
export const ENOSYS = 52;
/** The descriptor is not a directory. */
export const ENOTDIR = 54;
/** The descriptor is not a socket. */
export const ENOTSOCK = 57;
/** A known argument that these streams cannot honour. */
export const ENOTSUP = 58;
/** The descriptor cannot seek. */
export const ESPIPE = 70;
/** The manifest does not grant it. */
export const ENOTCAPABLE = 76;

// clockid

/** Time since the epoch. */
export const CLOCK_REALTIME = 0;
/** Time that never goes back, from an arbitrary start. */
export const CLOCK_MONOTONIC = 1;

// filetype

/** The type of all three streams; `fdFdstatGet` says why. */
export const FILETYPE_CHARACTER_DEVICE = 2;

// fdflags

/** Every write goes to the end. */
export const FDFLAG_APPEND = 1 << 0;
/** A read that would wait answers `EAGAIN`. */
export const FDFLAG_NONBLOCK = 1 << 2;
/** All five flags that the specification defines. */
export const FDFLAGS_ALL = 0x1f;

// rights: all that are used here fit the low half of the u64

/** May `fd_read`. */
export const RIGHT_FD_READ = 1 << 1;
/** May `fd_fdstat_set_flags`. */
export const RIGHT_FD_FDSTAT_SET_FLAGS = 1 << 3;
/** May `fd_write`. */
export const RIGHT_FD_WRITE = 1 << 6;
/** May `fd_filestat_get`. */
export const RIGHT_FD_FILESTAT_GET = 1 << 21;
/** May be subscribed to in `poll_oneoff`. */
export const RIGHT_POLL_FD_READWRITE = 1 << 27;

// whence and advice: the highest value of each

/** `whence::end`. */
export const WHENCE_MAX = 2;
/** `advice::noreuse`. */
export const ADVICE_MAX = 5;

// signal

/** `signal::none`: asks nothing. */
export const SIGNAL_NONE = 0;
/** Signals whose default action is to be ignored, or to continue a process that is not stopped. */
export const SIGNALS_IGNORED: readonly number[] = [13, 16, 17, 22, 27]; // pipe chld cont urg winch
/** `signal::sys`, the last one. */
export const SIGNAL_MAX = 30;

// eventtype

/** The subscription names a clock. */
export const EVENT_CLOCK = 0;
/** The subscription waits until a descriptor can be read. */
export const EVENT_FD_READ = 1;
/** The subscription waits until a descriptor can be written. */
export const EVENT_FD_WRITE = 2;
/** `eventrwflags`: the other side has closed, and nothing is left to read. */
export const EVENT_HANGUP = 1;
/** `subclockflags`: the timeout is a point in time, not a duration. */
export const CLOCK_ABSTIME = 1;

// sizes, in bytes

/** One `iovec` or `ciovec`: pointer, length. */
export const IOVEC_SIZE = 8;
/** One `fdstat`. */
export const FDSTAT_SIZE = 24;
/** One `filestat`. */
export const FILESTAT_SIZE = 64;
/** One `subscription`. */
export const SUBSCRIPTION_SIZE = 48;
/** One `event`. */
export const EVENT_SIZE = 32;

// ceilings: fixed bounds of ours on what a guest may ask in one call

/** Most iovecs in one call, as `IOV_MAX` on Linux. */
export const MAX_IOVECS = 1024;
/** Most bytes that the iovecs of one call may cover: what a guest's `ssize_t` can count. */
export const MAX_IO_BYTES = 0x7fff_ffff;
/** Most subscriptions in one `poll_oneoff`. */
export const MAX_SUBSCRIPTIONS = 1024;
