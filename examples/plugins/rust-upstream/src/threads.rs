//! Two functions of C's that std names, through tokio's pool of threads, and Debian's wasi-libc
//! does not have. WASI cannot start a thread, so there is never one to join or to detach.

use std::ffi::{c_int, c_void};

#[unsafe(no_mangle)]
extern "C" fn pthread_join(_: *mut c_void, _: *mut *mut c_void) -> c_int {
    unreachable!()
}

#[unsafe(no_mangle)]
extern "C" fn pthread_detach(_: *mut c_void) -> c_int {
    unreachable!()
}
