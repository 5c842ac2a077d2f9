//! The workspace this program was built from.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Its root folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Cargo's profile for the programs a chore runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    /// Builds programs of these packages.
    ///
    /// # Errors
    /// As [`build`].
    pub(crate) fn build(
        self,
        packages: &[&str],
        programs: &[&str],
        features: &[&str],
    ) -> Result<HashMap<String, PathBuf>> {
        let mut arguments = match self {
            // With the features of the whole workspace, as tests have them, Burn is not built a second time.
            Self::Dev => vec!["--workspace"],
            Self::Release => packages.iter().flat_map(|package| ["-p", *package]).chain(["--release"]).collect(),
        };
        arguments.extend(programs.iter().flat_map(|program| ["--bin", *program]));
        arguments.extend(features.iter().flat_map(|feature| ["--features", *feature]));
        build(&arguments)
    }
}

/// Runs cargo with these arguments and returns where it put each program.
///
/// # Errors
/// If the build fails; cargo has said why.
fn build(arguments: &[&str]) -> Result<HashMap<String, PathBuf>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    for name in std::env::vars_os().map(|(name, _)| name).filter(|name| is_about_us(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    let output = command
        .current_dir(root())
        .args(["build", "--message-format", "json-render-diagnostics"])
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo build {} failed; its messages are above", arguments.join(" "));
    }
    Ok(programs(&String::from_utf8_lossy(&output.stdout)))
}

/// Whether cargo set this variable to describe the program it runs, us: build scripts of others that look at it would run again.
fn is_about_us(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// Name and path of every program in cargo's messages.
fn programs(messages: &str) -> HashMap<String, PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let program = |message: serde_json::Value| {
        let path = message["executable"].as_str()?;
        Some((message["target"]["name"].as_str()?.to_string(), PathBuf::from(path)))
    };
    messages.filter_map(program).collect()
}

/// The commit the sources are at, with `-dirty` where tracked files differ from it; `None` outside a clone.
pub(crate) fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(root()).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
    };
    let commit = git(&["rev-parse", "HEAD"])?;
    let clean = git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(if clean { commit } else { format!("{commit}-dirty") })
}

/// A name for the sources as they are, for folders: the commit, and with uncommitted changes a digest of these.
pub(crate) fn state() -> String {
    let Some(commit) = commit() else {
        return "unversioned".to_string();
    };
    match commit.strip_suffix("-dirty") {
        Some(clean) => format!("{:.12}-dirty-{}", clean, changes().unwrap_or_default()),
        None => format!("{commit:.12}"),
    }
}

/// A digest of the tracked files' differences from the commit.
fn changes() -> Option<String> {
    let difference =
        Command::new("git").arg("-C").arg(root()).args(["diff", "HEAD"]).stderr(Stdio::null()).output().ok()?;
    let digest = Sha256::digest(&difference.stdout);
    Some(digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}

/// The version of a package in the lock file.
pub(crate) fn locked_version(package: &str) -> Option<String> {
    version_in(&fs::read_to_string(root().join("Cargo.lock")).ok()?, package)
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    version.strip_suffix('"').map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_among_other_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"lib"},"executable":null}
not json
{"reason":"compiler-artifact","target":{"name":"trainer"},"executable":"/t/trainer"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(programs(messages), HashMap::from([("trainer".to_string(), PathBuf::from("/t/trainer"))]));
    }

    #[test]
    fn what_cargo_says_about_us_is_told_from_what_the_user_says() {
        assert!(is_about_us("CARGO_PKG_NAME") && is_about_us("CARGO_MANIFEST_DIR"));
        assert!(!is_about_us("CARGO_TARGET_DIR") && !is_about_us("CARGO_HOME"));
    }

    #[test]
    fn a_version_is_that_of_the_package_of_this_name() {
        let lock = "[[package]]\nname = \"burn-core\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"burn\"\nversion = \"0.22.1\"\n";
        assert_eq!(version_in(lock, "burn").as_deref(), Some("0.22.1"));
        assert_eq!(version_in(lock, "bur"), None);
    }
}
