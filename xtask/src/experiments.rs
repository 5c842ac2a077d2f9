//! The experiments of the workspace and what was recorded of them: this program links none of them.

use crate::recipes::entries;
use crate::reproduce::RESULTS;
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use zoo_recipe::outcome::Outcome;

/// The file of an experiment's outcome, in its folder.
const OUTCOME: &str = "outcome.json";

/// What an experiment found, with its figures as they were drawn.
pub(crate) struct Recorded {
    pub(crate) outcome: Outcome,
    /// SVG text, in the order of the outcome's figures.
    pub(crate) figures: Vec<String>,
}

/// The names of all of them, in alphabetical order: each has a file or a folder of its name.
///
/// # Errors
/// If the folder cannot be read.
pub(crate) fn all() -> Result<Vec<String>> {
    let files = entries(&workspace::root().join("crates/experiments/src/experiments"))?;
    let mut names: Vec<String> =
        files.iter().filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned())).collect();
    names.retain(|name| name != "mod");
    names.sort();
    Ok(names)
}

/// Where outcomes of the repository are, below its root: a folder an experiment.
pub(crate) fn recorded() -> PathBuf {
    workspace::root().join(RESULTS).join("experiments")
}

/// The outcome of an experiment in `folder`, if there is one.
///
/// # Errors
/// If it is there and cannot be read, or a figure is missing.
pub(crate) fn read(folder: &Path, name: &str) -> Result<Option<Recorded>> {
    let folder = folder.join(name);
    let file = folder.join(OUTCOME);
    if !file.exists() {
        return Ok(None);
    }
    let outcome = Outcome::read(&file)?;
    if outcome.experiment != name {
        bail!("{} is of the experiment {:?}, not of {name:?}; run it again", file.display(), outcome.experiment);
    }
    let figure = |file: &String| {
        let path = folder.join(file);
        fs::read_to_string(&path).with_context(|| format!("cannot read the figure {}", path.display()))
    };
    let figures = outcome.figures.iter().map(|one| figure(&one.file)).collect::<Result<_>>()?;
    Ok(Some(Recorded { outcome, figures }))
}

/// Puts what `from` holds of an experiment into the repository, in place of what was there.
///
/// # Errors
/// If files cannot be written.
pub(crate) fn publish(from: &Path, name: &str) -> Result<()> {
    let Some(Recorded { outcome, figures }) = read(from, name)? else {
        bail!("{} holds no outcome of {name}", from.display());
    };
    let folder = recorded().join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (figure, svg) in outcome.figures.iter().zip(&figures) {
        let path = folder.join(&figure.file);
        zoo_recipe::write_text(&path, svg).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(outcome.write(&folder.join(OUTCOME))?)
}

/// How many claims came out, in words: `11 hold, 2 differ from the source`.
pub(crate) fn counts(outcome: &Outcome) -> String {
    let [holding, differing, failing] = outcome.counts();
    let mut text = format!("{holding} hold");
    if differing > 0 {
        text += &format!(", {differing} differ from the source");
    }
    if failing > 0 {
        text += &format!(", {failing} fail");
    }
    text
}

/// What is wrong with what was recorded of the experiments: one sentence each.
///
/// # Errors
/// If a file cannot be read.
pub(crate) fn faults() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let names = all()?;
    for name in &names {
        let fault = match read(&recorded(), name)? {
            None => Some(format!("of the experiment {name} nothing is recorded")),
            Some(Recorded { outcome, .. }) if outcome.quick => Some(format!("of {name} a quick run is recorded")),
            Some(Recorded { outcome, .. }) if !outcome.holds() => {
                Some(format!("what is recorded of {name} does not hold"))
            }
            Some(_) => None,
        };
        faults.extend(fault.map(|fault| format!("{fault}; run `cargo xtask reproduce {name} --record`")));
    }
    for folder in entries(&recorded())? {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !names.contains(&name) {
            faults.push(format!("{} is of no experiment; remove it", folder.display()));
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn experiments_are_found_by_their_files() {
        let names = all().unwrap();
        assert!(
            ["netbp", "backprop", "optimisers"].iter().all(|name| names.iter().any(|one| one == name)),
            "{names:?}"
        );
        assert!(!names.iter().any(|name| name == "mod"));
    }

    #[test]
    fn what_is_not_there_was_not_recorded() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path(), "netbp").unwrap().is_none());
        fs::create_dir(folder.path().join("netbp")).unwrap();
        fs::write(folder.path().join("netbp").join(OUTCOME), "{}").unwrap();
        assert!(read(folder.path(), "netbp").is_err());
    }
}
