//! The worker as a program of a Burn user is built: with the system's allocator.

use std::process::ExitCode;

fn main() -> ExitCode {
    zoo_bench::main()
}
