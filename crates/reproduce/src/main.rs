//! The command `reproduce`; everything it does is in the library.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// The trainer's: training allocates and frees large tensors all the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    reproduce::cli::main()
}
