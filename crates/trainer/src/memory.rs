//! What the programs do with memory they have freed.

use std::ffi::{c_int, c_long};

pub use mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc's `mimalloc.h`, whose options keep their numbers.
const PURGE_DELAY: c_int = 15;
/// In milliseconds.
const LONGER_THAN_A_STEP: c_long = 10_000;

/// Keeps freed pages for the next step. A step frees and allocates the same large buffers; by default mimalloc hands pages back after a
/// second, as long as a step of a large network takes, and the system clears each again. For whoever has [`MiMalloc`] as allocator;
/// `MIMALLOC_PURGE_DELAY` says otherwise.
#[expect(unsafe_code, reason = "a call of mimalloc's, which has no binding without another crate")]
pub fn keep_pages() {
    unsafe extern "C" {
        fn mi_option_set_default(option: c_int, value: c_long);
    }
    // SAFETY: it stores a number in a table, and is called before there is a second thread.
    unsafe { mi_option_set_default(PURGE_DELAY, LONGER_THAN_A_STEP) };
}
