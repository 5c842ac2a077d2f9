//! The command `trainer`; everything it does is in the library.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Every step allocates and frees the same large buffers; the system's allocator hands their pages back in between.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    trainer::cli::main()
}
