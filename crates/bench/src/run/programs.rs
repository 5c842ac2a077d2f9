//! The programs to be measured.

use anyhow::{Context, Result, bail};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

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
    // In dev with the features of the whole workspace, as xtask and tests have them: Burn is not built again.
    let packages: &[&str] = if profile == "dev" { &["--workspace"] } else { &["-p", "zoo-bench", "-p", "trainer"] };
    let mut command = zoo_cargo::command("build");
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["--profile", profile])
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
