//! The command `experiments`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    experiments::cli::main()
}
