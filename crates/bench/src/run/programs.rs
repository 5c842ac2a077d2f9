//! The programs to be measured.

use anyhow::{Context, Result, bail};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where they are, and where they may leave files.
pub(super) struct Programs {
    /// This program.
    pub(super) zoo: PathBuf,
    pub(super) stock: PathBuf,
    pub(super) trainer: PathBuf,
    pub(super) python: Option<PathBuf>,
    pub(super) scratch: PathBuf,
    /// Cargo's profile, which all of them were built with.
    pub(super) profile: String,
}

impl Programs {
    /// Builds the other programs as this one was built, and copies all of them to `scratch`, where no later build can exchange
    /// them.
    pub(super) fn build(python: Option<PathBuf>, scratch: &Path) -> Result<Self> {
        let zoo = env::current_exe().context("cannot find this program")?;
        // TARGET/debug/zoo-bench
        let folder = zoo.parent().context("this program is in no folder")?;
        let (Some(name), Some(target)) = (folder.file_name(), folder.parent()) else {
            bail!("{} is not where cargo puts programs; start it with `cargo xtask bench`", zoo.display());
        };
        let profile = match name.to_string_lossy().into_owned() {
            name if name == "debug" => "dev".to_string(),
            name => name,
        };
        build(&profile, target)?;
        let copy = |name: &str| {
            let (program, copy) = (folder.join(name).with_extension(env::consts::EXE_EXTENSION), scratch.join(name));
            fs::copy(&program, &copy).with_context(|| format!("cannot copy {}", program.display()))?;
            Ok::<_, anyhow::Error>(copy)
        };
        let (zoo, stock, trainer) = (copy("zoo-bench")?, copy("zoo-bench-stock")?, copy("trainer")?);
        Ok(Self { zoo, stock, trainer, python, scratch: scratch.to_path_buf(), profile })
    }
}

fn build(profile: &str, target: &Path) -> Result<()> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for name in env::vars_os().map(|(name, _)| name).filter(|name| describes_us(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    // In dev with the features of the whole workspace, as xtask and tests have them: Burn is not built again.
    let packages: &[&str] = if profile == "dev" { &["--workspace"] } else { &["-p", "zoo-bench", "-p", "trainer"] };
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--profile", profile])
        .args(packages)
        .args(["--bin", "zoo-bench-stock", "--bin", "trainer", "--target-dir"])
        .arg(target)
        .stdout(Stdio::null());
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("cargo build of zoo-bench-stock and trainer failed; its messages are above");
    }
    Ok(())
}

/// Whether cargo set this variable to describe the program it runs, us: build scripts of others that look at it would run again.
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
