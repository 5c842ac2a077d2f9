//! Cargo, started for this workspace.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Cargo in this workspace. What it told this program about itself is kept from it: build scripts that look at it would run again.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = cargo_alone(subcommand);
    command.arg("--manifest-path").arg(root().join("Cargo.toml"));
    command
}

/// Cargo wherever it is told to look.
pub(crate) fn cargo_alone(subcommand: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let ours = env::vars_os().map(|(name, _)| name).filter(|name| describes_us(&name.to_string_lossy()));
    for name in ours {
        command.env_remove(name);
    }
    command.arg(subcommand);
    command
}

fn describes_us(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// What a program ended with.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_about_us_is_told_from_what_the_user_says() {
        assert!(describes_us("CARGO_PKG_NAME") && describes_us("CARGO_MANIFEST_DIR"));
        assert!(!describes_us("CARGO_TARGET_DIR") && !describes_us("CARGO_HOME"));
    }
}
