//! The command `trainer`; everything it does is in the library.

use std::process::ExitCode;
use trainer::memory::{MiMalloc, keep_pages};

/// Every step allocates and frees the same large buffers; the system's allocator hands their pages back in between.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    keep_pages();
    trainer::cli::main()
}
