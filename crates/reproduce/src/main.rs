//! The command `reproduce`; everything it does is in the library.

use std::process::ExitCode;
use trainer::memory::{MiMalloc, keep_pages};

/// The trainer's: training allocates and frees large tensors all the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    keep_pages();
    reproduce::cli::main()
}
