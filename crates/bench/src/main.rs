//! The benchmark, and the worker as the trainer is built: with its allocator.

use std::process::ExitCode;
use trainer::memory::{MiMalloc, keep_pages};

/// The trainer's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    keep_pages();
    zoo_bench::main()
}
