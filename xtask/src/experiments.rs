//! The experiments of the workspace and what was recorded of them: this program links none of them.

use crate::recipes::entries;
use crate::reproduce::RESULTS;
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use zoo_core::{Flush, write_atomically};
use zoo_results::outcome::Outcome;

/// The file of an experiment's outcome, in its folder.
const OUTCOME: &str = "outcome.json";

/// What an experiment found, with its figures as they were drawn.
pub(crate) struct Recorded {
    pub(crate) outcome: Outcome,
    /// SVG text, in the order of the outcome's figures.
    pub(crate) figures: Vec<String>,
}

/// An experiment of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shipped {
    pub(crate) name: String,
    /// The sections of the notes that it shows: `["S5"]`.
    pub(crate) sources: Vec<String>,
}

/// All of them, in alphabetical order: each has a file or a folder of its name, which states its sections.
///
/// # Errors
/// If a file cannot be read, or states no sections.
pub(crate) fn all() -> Result<Vec<Shipped>> {
    let mut all = Vec::new();
    for entry in entries(&workspace::root().join("crates/experiments/src/experiments"))? {
        let file = if entry.is_dir() { entry.join("mod.rs") } else { entry.clone() };
        let is_source = file.is_file() && file.extension().is_some_and(|is| is == "rs");
        let name = entry.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if is_source && name != "mod" {
            let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let sources = sources(&text).with_context(|| format!("{} states no `sources: &[...]`", file.display()))?;
            all.push(Shipped { name, sources });
        }
    }
    all.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(all)
}

/// What `sources: &["S10", "S5"]` lists.
fn sources(text: &str) -> Option<Vec<String>> {
    let (_, rest) = text.split_once("sources: &[")?;
    let (list, _) = rest.split_once(']')?;
    let sources: Vec<String> = list.split('"').skip(1).step_by(2).map(String::from).collect();
    (!sources.is_empty()).then_some(sources)
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
    // Whole before it takes the place of what was there.
    let (folder, unfinished) = (recorded().join(name), recorded().join(format!(".{name}.part")));
    remove(&unfinished)?;
    fs::create_dir_all(&unfinished).with_context(|| format!("cannot make the folder {}", unfinished.display()))?;
    for (figure, svg) in outcome.figures.iter().zip(&figures) {
        let path = unfinished.join(&figure.file);
        write_atomically(&path, svg.as_bytes(), Flush::ToDisk)?;
    }
    outcome.write(&unfinished.join(OUTCOME))?;
    remove(&folder)?;
    fs::rename(&unfinished, &folder).with_context(|| format!("cannot write {}", folder.display()))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
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
/// If the workspace cannot be read.
pub(crate) fn faults() -> Result<Vec<String>> {
    let all = all()?;
    let mut faults: Vec<String> = all.iter().filter_map(fault).collect();
    for folder in fs::read_dir(recorded()).into_iter().flatten().flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        if !all.iter().any(|one| one.name == name) {
            faults.push(format!("{} is of no experiment; remove it", folder.path().display()));
        }
    }
    Ok(faults)
}

fn fault(Shipped { name, sources }: &Shipped) -> Option<String> {
    let fault = match read(&recorded(), name) {
        Err(error) => format!("what is recorded of {name} cannot be read: {error:#}"),
        Ok(None) => format!("of the experiment {name} nothing is recorded"),
        Ok(Some(Recorded { outcome, .. })) if outcome.quick => format!("of {name} a quick run is recorded"),
        Ok(Some(Recorded { outcome, .. })) if !outcome.holds() => format!("what is recorded of {name} does not hold"),
        Ok(Some(Recorded { outcome, .. })) if outcome.sources != *sources => {
            format!("what is recorded of {name} is of other sections, {}", outcome.sources.join(", "))
        }
        Ok(Some(_)) => return None,
    };
    Some(format!("{fault}; run `cargo xtask reproduce {name} --record`"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn experiments_are_found_by_their_files_with_their_sections() {
        let all = all().unwrap();
        assert_eq!(all.len(), 13);
        let netbp = all.iter().find(|one| one.name == "netbp").unwrap();
        assert_eq!(netbp.sources, ["S5"]);
        for section in 5..=15 {
            assert!(all.iter().any(|one| one.sources.contains(&format!("S{section}"))), "S{section}");
        }
    }

    #[test]
    fn sources_are_read_from_the_text() {
        assert_eq!(sources("a sources: &[\"S10\", \"S5\"], b").unwrap(), ["S10", "S5"]);
        assert_eq!(sources("sources: &[]"), None);
        assert_eq!(sources("nothing"), None);
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
