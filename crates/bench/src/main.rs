//! The benchmark, and the worker as the trainer is built: with its allocator.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// The trainer's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    zoo_bench::main()
}
