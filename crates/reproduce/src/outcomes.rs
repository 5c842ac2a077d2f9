//! What was recorded of the experiments.

use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use experiments::{ALL, Experiment, files};
use std::fs;
use std::path::Path;
use zoo_core::sentence;
use zoo_results::outcome::{Drawn, FigureFile, Outcome};

/// What an experiment found, with its figures as they were drawn.
#[derive(Clone, Debug)]
pub(crate) struct RecordedOutcome {
    pub(crate) outcome: Outcome,
    /// In the order of the outcome's figures.
    pub(crate) figures: Vec<Drawn>,
}

/// All experiments, in alphabetical order.
pub(crate) fn all() -> Vec<&'static Experiment> {
    let mut all: Vec<_> = ALL.iter().collect();
    all.sort_by_key(|experiment| experiment.name);
    all
}

/// The sections of the notes that it shows: `["S5"]`.
pub(crate) fn sources(experiment: &Experiment) -> Vec<String> {
    experiment.sources.iter().map(ToString::to_string).collect()
}

/// The outcome of an experiment in `folder`, if there is one.
pub(crate) fn read(folder: &Path, name: &str) -> Result<Option<RecordedOutcome>> {
    let folder = folder.join(name);
    let file = folder.join(files::OUTCOME);
    if !file.exists() {
        return Ok(None);
    }
    let outcome = Outcome::read(&file)?;
    if outcome.experiment != name {
        bail!("{} is of the experiment {:?}, not of {name:?}; run it again", file.display(), outcome.experiment);
    }
    let figure = |entry: &FigureFile| {
        let path = folder.join(&entry.file);
        let svg = fs::read_to_string(&path).with_context(|| format!("cannot read the figure {}", path.display()))?;
        Ok(Drawn { entry: entry.clone(), svg })
    };
    let figures = outcome.figures.iter().map(figure).collect::<Result<_>>()?;
    Ok(Some(RecordedOutcome { outcome, figures }))
}

/// Puts what `from` holds of an experiment into the workspace, in place of what was there.
pub(crate) fn publish(workspace: &Workspace, from: &Path, name: &str) -> Result<()> {
    let Some(RecordedOutcome { outcome, figures }) = read(from, name)? else {
        bail!("{} holds no outcome of {name}", from.display());
    };
    if let Some(set) = outcome.set_in_words() {
        bail!(
            "{} holds an outcome of {name} with {set}, and the notes' values are recorded; run it without --set",
            from.display()
        );
    }
    let folder = workspace.outcomes().join(name);
    remove(&folder)?;
    files::write(&folder, &outcome, &figures)
}

/// Removes a folder, if it is there.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// What is wrong with what was recorded of the experiments: one sentence each.
pub(crate) fn faults(workspace: &Workspace) -> Vec<String> {
    let all = all();
    let mut faults: Vec<String> = all.iter().filter_map(|experiment| fault(workspace, experiment)).collect();
    for folder in fs::read_dir(workspace.outcomes()).into_iter().flatten().flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        if !all.iter().any(|one| one.name == name) {
            faults.push(format!("{} is of no experiment; remove it", folder.path().display()));
        }
    }
    faults
}

fn fault(workspace: &Workspace, experiment: &Experiment) -> Option<String> {
    let name = experiment.name;
    let fault = match read(&workspace.outcomes(), name) {
        Err(error) => format!("what is recorded of {name} cannot be read: {}", sentence(error.as_ref())),
        Ok(None) => format!("of the experiment {name} nothing is recorded"),
        Ok(Some(RecordedOutcome { outcome, .. })) => match () {
            () if outcome.quick => format!("of {name} a quick run is recorded"),
            () if !outcome.set.is_empty() => format!("of {name} a run with other values than the notes' is recorded"),
            () if !outcome.holds() => format!("what is recorded of {name} does not hold"),
            () if outcome.sources != sources(experiment) => {
                format!("what is recorded of {name} is of other sections, {}", outcome.sources.join(", "))
            }
            () => return None,
        },
    };
    Some(format!("{fault}; run `cargo xtask reproduce {name} --record`"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use zoo_results::outcome::SetValue;

    #[test]
    fn what_was_run_with_other_values_than_the_notes_is_not_recorded() {
        let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let workspace = Workspace::at(folder.path().to_path_buf());
        let RecordedOutcome { outcome, figures } = read(&Workspace::here().outcomes(), "netbp").unwrap().unwrap();
        assert!(outcome.set.is_empty());
        let place = from.path().join("netbp");
        files::write(&place, &outcome, &figures).unwrap();
        publish(&workspace, from.path(), "netbp").unwrap();
        let set = vec![SetValue { name: "rate".into(), value: "0.5".into(), default: "0.05".into() }];
        files::write(&place, &Outcome { set, ..outcome.clone() }, &figures).unwrap();
        let said = publish(&workspace, from.path(), "netbp").unwrap_err().to_string();
        assert!(said.contains("rate = 0.5 (the notes: 0.05)") && said.contains("without --set"), "{said}");
        assert_eq!(read(&workspace.outcomes(), "netbp").unwrap().unwrap().outcome, outcome);
    }

    /// What was recorded before values could be set is read and written as it was.
    #[test]
    fn what_is_recorded_does_not_change_by_a_byte() {
        let recorded = Workspace::here().outcomes();
        let folder = tempfile::tempdir().unwrap();
        for experiment in all() {
            let file = recorded.join(experiment.name).join(files::OUTCOME);
            let again = folder.path().join(experiment.name);
            Outcome::read(&file).unwrap().write(&again).unwrap();
            assert_eq!(fs::read(&file).unwrap(), fs::read(&again).unwrap(), "{}", experiment.name);
        }
    }

    #[test]
    fn every_section_of_the_notes_has_an_experiment() {
        for section in 5..=15 {
            assert!(all().into_iter().any(|one| sources(one).contains(&format!("S{section}"))), "S{section}");
        }
    }

    #[test]
    fn what_is_not_there_was_not_recorded() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path(), "netbp").unwrap().is_none());
        fs::create_dir(folder.path().join("netbp")).unwrap();
        fs::write(folder.path().join("netbp").join(files::OUTCOME), "{}").unwrap();
        assert!(read(folder.path(), "netbp").is_err());
    }
}
