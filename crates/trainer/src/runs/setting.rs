//! Finished runs, those by one recipe together.

use super::found::{FoundRun, FoundState, Reached};
use super::paths::list;
use crate::error::TrainError;
use crate::finished::written_again;
use crate::run_folder::{CrossValidation, fold_folder, report_file};
use crate::tables::short_names;
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use zoo_recipe::Recipe;
use zoo_report::RunSet;
use zoo_results::{DataFacts, FoldsReport, Overlap, Report};

/// More keys than these do not fit a label.
const MOST_KEYS: usize = 2;

/// What one setting was measured by: a recipe's runs by different seeds, or the models of its cross-validation.
#[derive(Clone, Debug)]
pub(crate) struct MeasuredSetting {
    /// A letter, for tables.
    pub(crate) letter: String,
    /// The recipe's name, and what tells it from others of that name.
    pub(crate) label: String,
    pub(crate) recipe: Recipe,
    /// The folders named: runs, or the whole cross-validation.
    pub(crate) paths: Vec<PathBuf>,
    /// By seed and fold; at least one.
    pub(crate) models: Vec<MeasuredModel>,
    /// What a cross-validation's models reached together.
    pub(crate) pooled: Option<FoldsReport>,
    /// How many folds the data was cut into, if it was.
    pub(crate) folds: Option<usize>,
}

/// One run, or one fold's model.
#[derive(Clone, Debug)]
pub(crate) struct MeasuredModel {
    /// Its run folder.
    pub(crate) path: PathBuf,
    pub(crate) seed: u64,
    /// From 1; 0 of a run by itself.
    pub(crate) fold: usize,
    pub(crate) report: Report,
}

impl MeasuredSetting {
    /// The reports of its models.
    pub(crate) fn reports(&self) -> Vec<Report> {
        self.models.iter().map(|model| model.report.clone()).collect()
    }

    /// What a page draws of it.
    pub(crate) fn run_set<'a>(&'a self, reports: &'a [Report]) -> RunSet<'a> {
        RunSet { name: &self.label, runs: reports, folds: self.pooled.as_ref() }
    }

    /// How much its models have in common.
    pub(crate) fn overlap(&self) -> Overlap {
        self.folds.map_or(Overlap::default(), Overlap::of_folds)
    }

    /// The seeds of its models.
    pub(crate) fn seeds(&self) -> Vec<u64> {
        let seeds: BTreeSet<u64> = self.models.iter().map(|model| model.seed).collect();
        seeds.into_iter().collect()
    }

    /// Whether another run belongs to it: by the same recipe, but for what does not decide a run.
    fn takes(&self, other: &MeasuredSetting) -> bool {
        let is_whole = self.pooled.is_some() || other.pooled.is_some();
        let [left, right] = [self, other].map(|setting| &setting.models[0].report.data);
        let same_data = left.name == right.name && (self.folds.is_some() || same_test(left, right));
        let same = self.folds == other.folds && self.recipe.name == other.recipe.name && same_data;
        !is_whole && same && self.recipe.diff(&other.recipe).iter().all(|(key, ..)| !decides_a_run(key))
    }
}

/// Whether two runs were measured on the same test examples, as far as is known.
pub(super) fn same_test(left: &DataFacts, right: &DataFacts) -> bool {
    let digests = left.test_sha256.as_ref().zip(right.test_sha256.as_ref());
    left.test == right.test && digests.is_none_or(|(left, right)| left == right)
}

/// Whether a key of the recipe makes a difference to a run by a seed. Data and weights are known by their sha256, wherever they lie.
fn decides_a_run(key: &str) -> bool {
    let is_elsewhere = ["name", "training.seeds", "claim", "data.files.path", "init.weights"].contains(&key);
    !is_elsewhere && !key.starts_with("claim.")
}

/// What tells a recipe's runs from another's: key, value of the first, value of the other. Weights are called by their name.
pub(super) fn differences(first: &Recipe, other: &Recipe) -> Vec<(String, String, String)> {
    let all = first.diff(other);
    let named = all.iter().find(|(key, ..)| key == "init.weights");
    let shown = |one: &(String, String, String)| match named.filter(|_| one.0 == "init.sha256") {
        Some(named) => Some(named.clone()),
        None => decides_a_run(&one.0).then(|| one.clone()),
    };
    all.iter().filter_map(shown).collect()
}

/// The finished runs at or below these paths, by setting, in the order in which they are found; and in sentences what was left out.
///
/// # Errors
/// If a folder cannot be read, or none holds a finished run.
pub(crate) fn settings(paths: &[PathBuf]) -> Result<(Vec<MeasuredSetting>, Vec<String>)> {
    let (mut settings, mut left_out) = (Vec::<MeasuredSetting>::new(), Vec::new());
    for run in distinct_runs(paths)? {
        let one = match setting_of(&run)? {
            Ok(one) => one,
            Err(reason) => {
                left_out.push(format!("left out: {} {reason}", run.path.display()));
                continue;
            }
        };
        match settings.iter_mut().find(|setting| setting.takes(&one)) {
            Some(setting) => {
                setting.paths.extend(one.paths);
                setting.models.extend(one.models);
            }
            None => settings.push(one),
        }
    }
    if settings.is_empty() {
        let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let reason = left_out.first().map(|reason| format!(" ({reason})")).unwrap_or_default();
        bail!("there is no finished run in {}{reason}; `trainer runs ls` lists the runs there are", named.join(", "));
    }
    settings.iter_mut().for_each(|setting| left_out.extend(keep_newest(setting)));
    name(&mut settings);
    Ok((settings, left_out))
}

/// All runs at or below the paths, each once.
fn distinct_runs(paths: &[PathBuf]) -> Result<Vec<FoundRun>, TrainError> {
    let (mut seen, mut runs) = (BTreeSet::new(), Vec::new());
    for path in paths {
        let listed = list(path)?;
        let found = listed.iter().flat_map(|one| one.runs());
        runs.extend(found.filter(|run| seen.insert(canonical(&run.path))).cloned());
    }
    Ok(runs)
}

fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// A run as a setting of its own, or why it cannot be one.
fn setting_of(run: &FoundRun) -> Result<Result<MeasuredSetting, String>> {
    let (FoundState::Finished(reached), Some((recipe, settings))) = (&run.state, &run.started_with) else {
        return Ok(Err(match &run.state {
            FoundState::Stopped(progress) => run.damaged_report().map_or_else(
                || format!("is not finished: {} of {} {}", progress.done, progress.of, progress.unit),
                |reason| format!("has no whole report ({reason}); {}", written_again(&run.path)),
            ),
            FoundState::Running(_) => "is still training".to_string(),
            FoundState::NeverStarted => "never started".to_string(),
            FoundState::Unreadable(reason) | FoundState::Inaccessible(reason) => format!("cannot be read: {reason}"),
            FoundState::Finished(_) => "has no recipe".to_string(),
        }));
    };
    let (models, pooled, folds) = match (reached, &settings.cross_validation) {
        (Reached::Folds(report), _) => {
            let model = |seed, fold| {
                let path = fold_folder(&run.path, seed, fold);
                let report = Report::read(&report_file(&path))?;
                Ok(MeasuredModel { path, seed, fold, report })
            };
            let models = report.runs.iter().map(|one| model(one.seed, one.fold)).collect::<Result<_>>()?;
            (models, Some((**report).clone()), Some(report.folds))
        }
        (Reached::Run(report), place) => {
            let fold = match place {
                Some(CrossValidation::Fold(fold)) => Some(*fold),
                _ => None,
            };
            let number = fold.map_or(0, |fold| fold.fold);
            let (path, report) = (run.path.clone(), (**report).clone());
            let model = MeasuredModel { path, seed: settings.seed, fold: number, report };
            (vec![model], None, fold.map(|fold| fold.folds))
        }
    };
    let (letter, label) = (String::new(), recipe.name.clone());
    Ok(Ok(MeasuredSetting {
        letter,
        label,
        recipe: recipe.clone(),
        paths: vec![run.path.clone()],
        models,
        pooled,
        folds,
    }))
}

/// Keeps one model of those by the same seed, which are no further measurement: what was left out.
fn keep_newest(setting: &mut MeasuredSetting) -> Vec<String> {
    setting.models.sort_by(|left, right| {
        let place = |model: &MeasuredModel| (model.seed, model.fold);
        place(left).cmp(&place(right)).then_with(|| right.report.started.cmp(&left.report.started))
    });
    let mut left_out = Vec::new();
    let name = &setting.recipe.name;
    setting.models.dedup_by(|later, kept| {
        let is_same = (later.seed, later.fold) == (kept.seed, kept.fold);
        if is_same {
            let (path, other) = (later.path.display(), kept.path.display());
            let (seed, started) = (later.seed, &later.report.started);
            let is_copy =
                (started, &later.report.weights_sha256) == (&kept.report.started, &kept.report.weights_sha256);
            left_out.push(match is_copy {
                true => format!("left out: {path} ({name} by seed {seed}), as it is the same run as {other}"),
                false => format!("left out: {path} ({name} by seed {seed} of {started}), as {other} is newer"),
            });
        }
        is_same
    });
    left_out
}

/// Gives each its letter, and those that share their recipe's name another label.
fn name(settings: &mut [MeasuredSetting]) {
    let labels: Vec<String> = settings.iter().enumerate().map(|(place, _)| label(settings, place)).collect();
    let shared: Vec<bool> = labels.iter().map(|one| labels.iter().filter(|other| *other == one).count() > 1).collect();
    for (place, (setting, label)) in settings.iter_mut().zip(labels).enumerate() {
        setting.letter = letter(place);
        setting.label = if shared[place] { format!("{label} ({})", setting.letter) } else { label };
    }
}

/// The recipe's name; where others have it too, with the keys in which they differ, if those are few, and the number of folds.
fn label(settings: &[MeasuredSetting], place: usize) -> String {
    let own = &settings[place];
    let namesakes: Vec<&MeasuredSetting> =
        settings.iter().filter(|setting| setting.recipe.name == own.recipe.name).collect();
    let folds = own.folds.filter(|_| namesakes.iter().any(|other| other.folds != own.folds));
    let differences: Vec<_> = namesakes.iter().flat_map(|other| differences(&other.recipe, &own.recipe)).collect();
    let values: BTreeMap<&str, &str> = differences.iter().map(|(key, _, own)| (key.as_str(), own.as_str())).collect();
    let keys: Vec<String> = values.keys().map(ToString::to_string).collect();
    let changes = short_names(&keys).into_iter().zip(values.values()).map(|(key, value)| format!(" {key}={value}"));
    let changes: String = match keys.len() {
        ..=MOST_KEYS => changes.collect(),
        _ => own_folder(&namesakes, own).map(|name| format!(" in {name}")).unwrap_or_default(),
    };
    let folds = folds.map(|folds| format!(", {folds} folds")).unwrap_or_default();
    format!("{}{changes}{folds}", own.recipe.name)
}

/// The name of the folder that all runs of a setting lie in, if it is theirs alone: what their user has called it.
fn own_folder(namesakes: &[&MeasuredSetting], own: &MeasuredSetting) -> Option<String> {
    let above = |setting: &MeasuredSetting| {
        let mut folder = setting.paths.first()?.clone();
        while !setting.paths.iter().all(|path| path.starts_with(&folder)) {
            folder = folder.parent()?.to_path_buf();
        }
        Some(folder)
    };
    let folder = above(own)?;
    let is_shared =
        namesakes.iter().filter(|other| other.paths.iter().any(|path| path.starts_with(&folder))).count() > 1;
    let name = folder.file_name()?.to_string_lossy().into_owned();
    (!is_shared).then_some(name)
}

/// A to Z, AA, AB and so on.
fn letter(place: usize) -> String {
    let last = char::from(b'A' + (place % 26) as u8);
    if place < 26 { last.to_string() } else { format!("{}{last}", letter(place / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letter), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
