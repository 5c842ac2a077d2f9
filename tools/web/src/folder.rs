//! The page as a folder for any static host.

use crate::facts::SHOWN;
use crate::{read, write};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use zoo_page::FACTS_FILE;

/// The page's own files but the worker, which goes with what wasm-bindgen makes.
pub fn own_files(root: &Path) -> Result<Vec<PathBuf>> {
    let page = root.join("crates/web/page");
    let entries = fs::read_dir(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.is_file() && file.file_name().is_some_and(|name| name != "worker.js"));
    files.sort();
    Ok(files)
}

/// The weights files that the page shows.
pub fn weights_files(root: &Path) -> Vec<PathBuf> {
    let file =
        |(model, name): (&str, &str)| root.join("models").join(model).join(format!("weights/{name}.safetensors"));
    SHOWN.map(file).to_vec()
}

/// Writes all of it beside the WebAssembly.
pub fn write_page(root: &Path, out: &Path, worker: &str, facts: &str) -> Result<()> {
    for file in own_files(root)?.iter().chain(&weights_files(root)) {
        write(&out.join(file.file_name().unwrap_or_default()), &read(file)?)?;
    }
    write(&out.join("worker.js"), worker.as_bytes())?;
    write(&out.join(FACTS_FILE), facts.as_bytes())
}
