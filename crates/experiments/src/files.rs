//! An outcome as files, and as text for a terminal.

use crate::experiment::Setup;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use trainer::places::check_no_file_instead;
use zoo_core::{Flush, check_writable, write_atomically};
use zoo_results::outcome::{Drawn, FindingVerdict, Outcome, SET_VALUES, SetValue};

/// What makes a folder of files an outcome; it is written last.
pub const OUTCOME: &str = "outcome.json";

/// Refuses a folder that cannot be made or written into, before work is done that could not be kept. Nothing is made yet: work that
/// breaks off or is interrupted leaves nothing.
///
/// # Errors
///
/// If a file is in the way, or the system refuses.
pub fn check_place(folder: &Path) -> Result<()> {
    check_no_file_instead(folder)?;
    // A relative path begins where the program runs.
    let there = folder.ancestors().find(|above| above.is_dir()).unwrap_or(Path::new("."));
    let verb = if there == folder { "write into" } else { "make" };
    check_writable(there).with_context(|| format!("cannot {verb} the folder {}", folder.display()))
}

/// Makes `folder`.
pub(crate) fn make(folder: &Path) -> Result<()> {
    check_no_file_instead(folder)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Refuses to replace an outcome that was made otherwise: by another seed, on other samples, or with other values set.
///
/// # Errors
///
/// If there is one, or what is there cannot be read.
pub(crate) fn check_free(folder: &Path, settings: &Setup) -> Result<()> {
    let (file, remedy) = (folder.join(OUTCOME), "name another folder with --out, or replace it with --force");
    if file.symlink_metadata().is_err() {
        return Ok(());
    }
    let found = match Outcome::read(&file) {
        Ok(found) => found,
        Err(error) => bail!("{error}; {remedy}"),
    };
    let set = settings.set.recorded();
    let then = made_with(&found.seeds, found.quick, &found.set);
    let now = made_with(&[settings.seed], settings.quick, &set);
    if then != now {
        bail!("{} was made with {then}, and this run is with {now}; {remedy}", file.display());
    }
    // A pipe has no name of its own.
    if !found.tables.starts_with(&settings.set.tables()) {
        bail!("{} was made with {then} of other points than this run; {remedy}", file.display());
    }
    Ok(())
}

/// What decides an outcome, in words of the command line: `--seed 1 --quick --set rate=0.5`.
fn made_with(seeds: &[u64], quick: bool, set: &[SetValue]) -> String {
    let seeds = seeds.iter().map(|seed| format!("--seed {seed}"));
    let mut set: Vec<String> = set.iter().map(|one| format!("--set {}={}", one.name, one.value)).collect();
    // In whatever order they were given.
    set.sort();
    seeds.chain(quick.then(|| "--quick".to_string())).chain(set).collect::<Vec<_>>().join(" ")
}

/// Writes the figures, then `outcome.json`, into `folder`, which is made: without the last, what lies there is no outcome.
///
/// # Errors
///
/// If the folder cannot be made, or a file cannot be written.
pub fn write(folder: &Path, outcome: &Outcome, figures: &[Drawn]) -> Result<()> {
    make(folder)?;
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
