//! An outcome as files, and as text for a terminal.

use anyhow::{Context, Result};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use trainer::places::check_no_file_instead;
use zoo_core::{Flush, write_atomically};
use zoo_results::outcome::{Drawn, FindingVerdict, Outcome, SET_VALUES};

/// What makes a folder of files an outcome; it is written last.
pub const OUTCOME: &str = "outcome.json";

/// Makes `folder`, before work is done that could not be kept.
///
/// # Errors
///
/// If it cannot be made.
pub fn make(folder: &Path) -> Result<()> {
    check_no_file_instead(folder)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Writes the figures, then `outcome.json`, into `folder`: without the last, what lies there is no outcome.
///
/// # Errors
///
/// If a file cannot be written.
pub fn write(folder: &Path, outcome: &Outcome, figures: &[Drawn]) -> Result<()> {
    match fs::remove_file(folder.join(OUTCOME)) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot replace {}", folder.join(OUTCOME).display()));
        }
        _ => {}
    }
    for figure in figures {
        let path = folder.join(&figure.entry.file);
        write_atomically(&path, figure.svg.as_bytes(), Flush::ToDisk)?;
    }
    Ok(outcome.write(&folder.join(OUTCOME))?)
}

/// The claims of an outcome, a few lines each, and where it was written.
pub(crate) fn text(outcome: &Outcome, folder: &Path) -> String {
    let mut text = format!(
        "{} ({}): {}, {:.1} s\n",
        outcome.experiment,
        outcome.sources.join(", "),
        outcome.title,
        outcome.seconds
    );
    for one in &outcome.set {
        text += &format!("  set     {one}\n");
    }
    for claim in &outcome.claims {
        let (word, reason) = match &claim.verdict {
            FindingVerdict::Holds => ("holds", None),
            FindingVerdict::Fails => ("FAILS", None),
            FindingVerdict::Differs { reason } => ("differs", Some(reason)),
        };
        text += &format!("  {word:<8}{}\n", claim.sentence);
        text += &format!("          expected {}, measured {}\n", claim.expected, claim.measured);
        if let Some(reason) = reason {
            text += &format!("          {reason}\n");
        }
    }
    if !outcome.set.is_empty() {
        text += &format!("  {SET_VALUES}\n");
    }
    text += &format!("  {} figures and {OUTCOME} in {}\n", outcome.figures.len(), folder.display());
    text
}
