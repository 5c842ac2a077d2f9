//! Training a run longer than its recipe says.
//!
//! The run goes on from its newest checkpoint, and every further step takes the rate that the schedule would give it had so many
//! epochs been planned: a cosine that had reached its end is thereby stretched, and goes on where its longer form is at that step.
//! That is a function of the step alone, so kills change no bit. Patience begins anew, as whoever asks for more epochs wants them; the
//! best epoch stays the best until a later one beats it. Weights and report of the shorter run stay until those of the longer one are
//! written.

use crate::checkpoint::{Checkpoint, FoundCheckpoint};
use crate::data::Splits;
use crate::error::TrainError;
use crate::finished::finished_run;
use crate::numbers::is_too_large;
use crate::run_folder::{Extension, RunFolder, RunSettings, checkpoint_files, weights_file};
use crate::shell::flag_with;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use zoo_recipe::{MOST_EPOCHS, Recipe};

/// How many epochs a run is to have: `30`, or `+10` for so many more than it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochCount {
    /// In all.
    Total(usize),
    /// Beyond those of a finished run, or beyond those that are planned.
    More(usize),
}

impl FromStr for EpochCount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        if is_too_large(digits) && !digits.parse::<u64>().is_ok_and(|count| count <= MOST_EPOCHS) {
            return Err(format!("expected a whole number of at most {MOST_EPOCHS}"));
        }
        // A number of Rust's may begin with a plus of its own.
        let count = |digits: &str| digits.parse().ok().filter(|_| !digits.starts_with('+'));
        let epochs = match text.strip_prefix('+') {
            Some(more) => count(more).map(Self::More),
            None => count(text).map(Self::Total),
        };
        epochs.ok_or_else(|| "expected a whole number, such as 30, or +10 for so many more".to_string())
    }
}

/// Makes a run longer, in its recipe and its settings; on disk only when it goes on, as something may yet be refused.
///
/// # Errors
/// If it has no checkpoint of its own to go on from, or has trained so long already.
pub(crate) fn extend(
    folder: &RunFolder,
    recipe: &mut Recipe,
    settings: &mut RunSettings,
    (found, splits): (&FoundCheckpoint, &Splits),
    wanted: EpochCount,
) -> Result<(), TrainError> {
    let Some(checkpoint) = &found.checkpoint else { return Err(no_checkpoint(folder.path())) };
    let state = as_extended(checkpoint.clone(), recipe, settings).state;
    state.check_same(&settings.identity(recipe, splits), recipe)?;
    let (before, after) = (recipe.training.epochs, state.epochs_done);
    // The newest checkpoint that is whole may be of an earlier epoch than the finished run has reached.
    let finished = finished_run(folder.path())?.map(|report| report.epochs_run.max(after));
    let epochs = wanted_epochs(wanted, folder.path(), [before, after], finished).map_err(|reason| {
        let words = |file: &PathBuf| format!("; a damaged checkpoint was set aside as {}", file.display());
        TrainError::Extension(reason + &found.damaged.first().map(words).unwrap_or_default())
    })?;
    if epochs == before {
        return Ok(());
    }
    let mut longer = recipe.clone();
    longer.training.epochs = epochs;
    longer.check()?;
    settings.overrides.push(format!("training.epochs: {before} -> {epochs} after epoch {after}"));
    settings.extensions.push(Extension { epochs, before, after });
    *recipe = longer;
    Ok(())
}

/// Why a run without a checkpoint of its own cannot be made longer, with what to do.
fn no_checkpoint(folder: &Path) -> TrainError {
    let path = folder.display();
    let remedy = match weights_file(folder).exists() {
        true => format!("start a new run from its weights by {}", flag_with("--init", folder)),
        false => {
            let resume = flag_with("--resume", folder);
            format!("begin it anew by {resume} alone, and make it longer then")
        }
    };
    // Those that are left were set aside, now or earlier.
    TrainError::Extension(match checkpoint_files(folder).first() {
        Some(file) => format!(
            "{path} has no checkpoint to go on from, as all are damaged (they were set aside, such as {}); {remedy}",
            file.display()
        ),
        None => format!("{path} has no checkpoint to go on from; {remedy}"),
    })
}

/// The epochs that a run is to have in all, or why it cannot have them, as a sentence. `before` are planned, `after` were reached by its
/// newest checkpoint, and `finished` by the run if it is finished.
fn wanted_epochs(
    wanted: EpochCount,
    folder: &Path,
    [before, after]: [usize; 2],
    finished: Option<usize>,
) -> Result<usize, String> {
    let (path, trained) = (folder.display(), finished.unwrap_or(after));
    let epochs = match wanted {
        EpochCount::Total(epochs) => epochs,
        EpochCount::More(more) => more.saturating_add(finished.unwrap_or(before)),
    };
    match () {
        () if epochs <= trained => Err(format!(
            "--epochs {epochs} is no more than the {trained} that {path} has trained already; name more, or +N for N more"
        )),
        () if epochs == before && finished.is_some() => Err(format!(
            "{path} had {before} epochs planned and stopped after {trained} as its recipe says; name another number than {before}"
        )),
        () => Ok(epochs),
    }
}

/// A checkpoint that was made before the run was made longer, as one of the run as it is now; any other as it is.
pub(crate) fn as_extended(mut checkpoint: Checkpoint, recipe: &Recipe, settings: &RunSettings) -> Checkpoint {
    let mut earlier = recipe.clone();
    let state = &mut checkpoint.state;
    let is_earlier = settings.extensions.iter().any(|extension| {
        earlier.training.epochs = extension.before;
        earlier.sha256() == state.identity.recipe_sha256
    });
    if is_earlier && recipe.sha256() != state.identity.recipe_sha256 {
        state.identity.recipe_sha256 = recipe.sha256();
        state.recipe = recipe.to_toml();
        state.stale_epochs = 0;
    }
    checkpoint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_means_more() {
        let parsed = ["30", "+10", "0", "+0"].map(|text| text.parse());
        let [total, more, none, no_more] = parsed;
        assert_eq!((total, more), (Ok(EpochCount::Total(30)), Ok(EpochCount::More(10))));
        assert_eq!((none, no_more), (Ok(EpochCount::Total(0)), Ok(EpochCount::More(0))));
        for wrong in ["", "+", "-1", "++1", "ten", "1.5"] {
            assert!(wrong.parse::<EpochCount>().is_err(), "{wrong}");
        }
        for large in ["100001", "+100001", "18446744073709551615", "99999999999999999999999"] {
            assert_eq!(large.parse::<EpochCount>(), Err("expected a whole number of at most 100000".to_string()));
        }
        assert_eq!("100000".parse(), Ok(EpochCount::Total(100_000)));
    }
}
