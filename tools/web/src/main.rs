//! Makes the zoo's page from its WebAssembly: see README.md.

mod facts;
mod folder;
mod single;

use anyhow::{Context, Result};
use clap::Parser;
use std::fs;
use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;
use zoo_page::{LocalServer, file_in};

/// Makes the zoo's page from its WebAssembly.
#[derive(Debug, Parser)]
struct Options {
    /// The zoo's own folder
    #[arg(long)]
    root: PathBuf,
    /// What cargo made of crates/web
    #[arg(long)]
    wasm: PathBuf,
    /// Where the page goes
    #[arg(long)]
    out: PathBuf,
    /// One HTML file with all of it, zoo.html
    #[arg(long)]
    single_file: bool,
    /// Serve the page on this machine alone until Ctrl-C
    #[arg(long)]
    serve: bool,
    /// The port to serve on
    #[arg(long, default_value_t = zoo_page::PORT)]
    port: u16,
    /// Where the pages of the lessons are, as `cargo xtask report` makes them
    #[arg(long, default_value = "../report/")]
    lessons: String,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let Options { root, out, .. } = options;
    fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    let code = javascript(&options.wasm, out)?;
    let worker = format!("{code}\n{}", read_text(&root.join("crates/web/page/worker.js"))?);
    let facts = facts::of_shown_weights(root, &options.lessons)?;
    folder::write_page(root, out, &worker, &facts)?;
    let mut opened = out.join("index.html");
    if options.single_file {
        opened = out.join("zoo.html");
        write(&opened, single::page(root, out, &worker, &facts)?.as_bytes())?;
    }
    writeln!(stdout(), "{}", opened.display()).context("cannot write to standard output")?;
    if options.serve { serve(out, options.port) } else { Ok(()) }
}

/// Answers until the program is stopped.
fn serve(folder: &Path, port: u16) -> Result<()> {
    let server = LocalServer::open(port);
    let server = server.with_context(|| format!("cannot serve on port {port}; name another by --port"))?;
    writeln!(stdout(), "{}", server.url()).context("cannot write to standard output")?;
    server.serve(|name| file_in(folder, name));
    Ok(())
}

/// Writes `zoo_bg.wasm` into the folder, and gives the script that starts it.
fn javascript(wasm: &Path, out: &Path) -> Result<String> {
    // A classic script: a worker made of a text, as that of the single file is, imports no modules.
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("zoo").typescript(false).no_modules(true)?;
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.generate(out).with_context(|| format!("cannot make JavaScript of {}", wasm.display()))?;
    let script = out.join("zoo.js");
    let code = read_text(&script)?;
    fs::remove_file(&script).with_context(|| format!("cannot remove {}", script.display()))?;
    Ok(code)
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
