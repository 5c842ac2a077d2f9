//! Cargo, started by programs that cargo has started.

use std::env;
use std::process::Command;

/// The cargo that started this program, else the one in the path. What it told this program about itself is kept from it: build scripts
/// that look at it would run again.
///
/// ```
/// let command = zoo_cargo::command("build");
/// assert!(command.get_args().eq(["build"]));
/// ```
pub fn command(subcommand: &str) -> Command {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_about_us_is_told_from_what_the_user_says() {
        assert!(describes_us("CARGO_PKG_NAME") && describes_us("CARGO_MANIFEST_DIR"));
        assert!(!describes_us("CARGO_TARGET_DIR") && !describes_us("CARGO_HOME"));
    }
}
