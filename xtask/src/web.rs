//! `cargo xtask web`: crates/web as WebAssembly, and the page of it by tools/web.

use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::workspace::{cargo, exit_code, root};

const TARGET: &str = "wasm32-unknown-unknown";

/// The profile of the workspace's manifest, and the folder that cargo names after it.
const SMALL: [&str; 2] = ["page", "page"];

/// The same, for a test.
const QUICK: [&str; 2] = ["dev", "debug"];

/// Debian's own compiler, which comes with the sources of the standard library, and its linker, below the root of the system.
const DEBIAN: [&str; 3] = ["usr/bin/rustc", "usr/bin/cargo", "usr/bin/wasm-ld-22"];

/// Names another root, where the packages were unpacked by `dpkg -x`.
const DEBIAN_ROOT: &str = "ZOO_DEBIAN_ROOT";

/// What the page needs of every browser: 128-bit vectors, in all of them since 2023.
const FLAGS: &str = "-C target-feature=+simd128";

#[derive(Debug, Args)]
pub(crate) struct WebOptions {
    /// One HTML file with all of it, which opens by a double click
    #[arg(long)]
    single_file: bool,
    /// Serve the page on this machine alone until Ctrl-C
    #[arg(long)]
    serve: bool,
    /// The port to serve on
    #[arg(long, value_name = "PORT", requires = "serve")]
    port: Option<u16>,
    /// Where the page goes [default: target/web]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Compile faster, to something several times as large, as for a test
    #[arg(long)]
    dev: bool,
    /// Where the pages of the lessons are, as `cargo xtask report` makes them [default: ../report/]
    #[arg(long, value_name = "URL")]
    lessons: Option<String>,
}

/// Makes the page.
pub(crate) fn web(options: &WebOptions) -> Result<ExitCode> {
    let built = root().join("target/wasm");
    let [profile, folder] = if options.dev { QUICK } else { SMALL };
    let status = compiler(profile, &built)?.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("cargo could not build crates/web; its messages are above");
    }
    let wasm = built.join(TARGET).join(folder).join("zoo_web.wasm");
    let status = page(options, &wasm, &built).status().context("cannot start cargo")?;
    Ok(exit_code(status))
}

/// What compiles crates/web: the usual cargo where its compiler has the target, else Debian's.
fn compiler(profile: &str, target_folder: &Path) -> Result<Command> {
    let mut command = cargo("build");
    if !has_target() {
        let programs = debian_programs();
        if let Some(absent) = programs.iter().find(|program| !program.exists()) {
            bail!(
                "this compiler cannot make WebAssembly: run `rustup target add {TARGET}`, or on Debian `apt-get install rustc-web cargo-web \
                 rust-web-src lld-22` ({} is not there)",
                absent.display()
            );
        }
        command = of_debian(&programs);
    }
    command.args(["--profile", profile, "--package", "zoo-web", "--target", TARGET, "--target-dir"]).arg(target_folder);
    command.env("RUSTFLAGS", FLAGS).env("CARGO_PROFILE_DEV_DEBUG", "false");
    Ok(command)
}

/// The standard library is built along: Debian ships none for this target.
fn of_debian([rustc, cargo, linker]: &[PathBuf; 3]) -> Command {
    let mut command = Command::new(cargo);
    command.args(["build", "--manifest-path"]).arg(root().join("Cargo.toml")).arg("-Zbuild-std=std,panic_abort");
    command.env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTUP_TOOLCHAIN");
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    command
}

fn debian_programs() -> [PathBuf; 3] {
    let root = std::env::var_os(DEBIAN_ROOT).map_or_else(|| PathBuf::from("/"), PathBuf::from);
    DEBIAN.map(|program| root.join(program))
}

/// Whether the compiler that cargo uses has the standard library of the target.
fn has_target() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output();
    said.is_ok_and(|said| said.status.success() && Path::new(String::from_utf8_lossy(&said.stdout).trim()).is_dir())
}

/// What makes the page of it.
fn page(options: &WebOptions, wasm: &Path, target_folder: &Path) -> Command {
    let WebOptions { single_file, serve, port, out, dev: _, lessons } = options;
    let mut command = zoo_cargo::command("run");
    command.arg("--manifest-path").arg(root().join("tools/web/Cargo.toml"));
    command.args(["--release", "--quiet", "--target-dir"]).arg(target_folder).arg("--");
    command.arg("--root").arg(root()).arg("--wasm").arg(wasm);
    command.arg("--out").arg(out.clone().unwrap_or_else(|| root().join("target/web")));
    command.args(single_file.then_some("--single-file")).args(serve.then_some("--serve"));
    command.args(port.map(|port| format!("--port={port}")));
    command.args(lessons.as_ref().map(|lessons| format!("--lessons={lessons}")));
    command
}
