//! Cargo, started for this workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Cargo in this workspace.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = zoo_cargo::command(subcommand);
    command.arg("--manifest-path").arg(root().join("Cargo.toml"));
    command
}

/// What a program ended with.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}
