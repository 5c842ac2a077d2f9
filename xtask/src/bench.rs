//! `cargo xtask bench`: starts the program `zoo-bench`, built with the profile that is to be measured.

use crate::readme;
use crate::workspace::{Profile, root};
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::process::{Command, ExitCode};

/// Runs the benchmark with these arguments less `--profile`, and exits as it does.
///
/// # Errors
/// If there is no such profile, or cargo cannot be started.
pub(crate) fn bench(mut arguments: Vec<String>) -> Result<ExitCode> {
    let profile = take_profile(&mut arguments)?;
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--package", "zoo-bench", "--bin", "zoo-bench", "--profile", profile.name(), "--manifest-path"])
        .arg(root().join("Cargo.toml"))
        .arg("--")
        .args(&arguments)
        .status()
        .context("cannot start cargo")?;
    if status.success() && arguments.iter().any(|argument| argument == "--record") {
        readme::write()?;
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn take_profile(arguments: &mut Vec<String>) -> Result<Profile> {
    let Some(place) = arguments.iter().position(|one| one == "--profile" || one.starts_with("--profile=")) else {
        return Ok(Profile::Release);
    };
    let option = arguments.remove(place);
    let name = match option.split_once('=') {
        Some((_, name)) => name.to_string(),
        None if place < arguments.len() => arguments.remove(place),
        None => String::new(),
    };
    let profile = Profile::from_str(&name, false).ok();
    profile.with_context(|| format!("--profile {name}: expected dev or release"))
}
