//! The command `trainer`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    trainer::cli::main()
}
