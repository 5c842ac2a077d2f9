//! What the user is told of a run before and after it.

use crate::checkpoint::FoundCheckpoint;
use crate::error::TrainError;
use crate::output::{say, sentence, warn};
use crate::own::{cut_in_words, described, few_steps};
use crate::progress::{End, Event, ProgressMode, Start, Status, Versions, readable_seconds};
use crate::run::Job;
use crate::shell::flag_with;
use crate::tables::{class_table, confusion_table, score_line, seeds_in_words, spread_table, standing};
use crate::warm_start::WarmStart;
use std::path::Path;
use std::time::Duration;
use zoo_core::{Scores, printable, score_text};
use zoo_recipe::{Claim, Floor, Init, Measured, Recipe, is_in_layer};
use zoo_report::table::counted;
use zoo_results::{Expected, FoldsReport, RECORD_SCHEMA, Record, Report, Verdict};

/// Tells the terminal, unless it is a program's, and the log.
#[derive(Clone, Copy)]
pub(super) struct Teller(pub(super) ProgressMode);

impl Teller {
    fn say(self, line: &str) {
        tracing::info!("{line}");
        self.0.say(line);
    }

    /// What nobody may miss.
    pub(super) fn warn(self, line: &str) {
        tracing::warn!("{line}");
        self.0.warn(line);
    }

    /// What is about to be trained.
    pub(super) fn announce(self, job: &Job, resumed: bool) -> Result<(), TrainError> {
        if self.0 == ProgressMode::Json {
            start(job, resumed)?.say();
        }
        let (run, folder) = (&job.prepared, printable(&job.folder.path().display().to_string()));
        let (recipe, settings, data) = (&run.recipe, &run.settings, run.data());
        self.say(&format!("{}: {}", recipe.name, recipe.summary()));
        // Of the user's own data there is a line below.
        let of_files = ["data.files.", "data.name:", "data.test", "data.valid"];
        let of_own = |change: &str| recipe.data.files.is_some() && of_files.iter().any(|key| change.starts_with(key));
        let changes = settings.overrides.iter().filter(|change| !of_own(change));
        changes.for_each(|change| self.say(&format!("changed {change}")));
        let (train, valid, test) = (data.train, data.valid, data.test);
        let origin = match &recipe.data.files {
            Some(files) => format!("{}; ", described(&recipe.data, files, &run.class_counts())),
            None => format!("data {} ({}): ", data.name, standing(data.provenance)),
        };
        let (examples, seeds) = match run.repeats() {
            None if recipe.data.files.is_some() => {
                let examples = format!("{train}/{valid}/{test} {}", cut_in_words(&recipe.data));
                (examples, format!("seed {}", settings.seed))
            }
            None => {
                let examples = format!("{train} training, {valid} validation, {test} test examples");
                (examples, format!("seed {}", settings.seed))
            }
            Some(repeats) => {
                let (all, folds) = (train + valid + test, repeats.folds);
                let fold = format!("about {train} training, {valid} validation, {test} test examples per fold");
                (format!("{all} examples in {folds} folds, so {fold}"), seeds_in_words(&repeats.seeds))
            }
        };
        self.say(&format!("{origin}{examples}"));
        run.notes().iter().for_each(|note| self.warn(note));
        if let Some(note) = few_steps(recipe, train).filter(|_| !resumed) {
            tracing::warn!("{note}");
            warn(&note);
        }
        if let Some(init) = &recipe.init {
            self.announce_init(init, run.warm_start.as_ref());
        }
        let (device, threads) = (&settings.device, counted(settings.threads, "thread"));
        self.say(&format!("{seeds}, device {device}, {threads}, run folder {folder}"));
        Ok(())
    }

    /// The last line on standard output: for people the folder, if there is one; for programs how it ended.
    pub(super) fn end(self, status: Status, code: u8, folder: Option<&Path>, told: Told<'_>) {
        let end = End { status, code, message: None, cause: None, folder, test: None, deviation: None };
        let end = match told {
            Told::Sentence(sentence) => End { message: Some(sentence), ..end },
            Told::Failure(error) => End { message: Some(sentence(error)), cause: Some(error.into()), ..end },
            Told::Scores(test, deviation) => End { test: Some(test), deviation, ..end },
            Told::Nothing => end,
        };
        match (self.0, folder) {
            (ProgressMode::Json, _) => Event::End(end).say(),
            (_, Some(folder)) => say(&folder.display().to_string()),
            _ => {}
        }
    }

    /// What it starts from and which layers it trains.
    fn announce_init(self, init: &Init, start: Option<&WarmStart>) {
        if let Some(WarmStart { weights, taken, keeps_normalization }) = start {
            self.say(&format!("from {} (sha256 {:.12}): {}", weights.source, weights.sha256(), taken.in_words()));
            if !taken.changes.is_empty() {
                self.warn(&format!("of the model, set otherwise than for those weights: {}", taken.changes.join(", ")));
            }
            self.say(match keeps_normalization {
                true => "inputs are normalized as those weights have learned to read them",
                false => "inputs are normalized anew, as those weights are for inputs of another shape",
            });
            let is_new = |layer: &&String| {
                !taken.layers.iter().any(|taken| is_in_layer(taken, layer) || is_in_layer(layer, taken))
            };
            if let Some(layer) = init.freeze.iter().find(is_new) {
                self.warn(&format!("{layer} is frozen but new: it stays at its random start"));
            }
        }
        if start.is_none() && !init.freeze.is_empty() {
            self.warn("layers are frozen at their random start, as no weights are named to start from (--init)");
        }
        if !init.freeze.is_empty() {
            self.say(&format!("frozen: {}", init.freeze.join(", ")));
        }
        if !init.rates.is_empty() {
            let rates: Vec<_> = init.rates.iter().map(|(layer, factor)| format!("{layer} x {}", factor.0)).collect();
            self.say(&format!("rates: {}", rates.join(", ")));
        }
    }

    /// What earlier sessions have left.
    pub(super) fn announce_earlier(self, job: &Job) -> Result<(), TrainError> {
        let (FoundCheckpoint { checkpoint, damaged }, folds) = (&job.found, job.finished_folds()?);
        for file in damaged {
            self.warn(&format!("a damaged checkpoint was set aside as {}", file.display()));
        }
        if folds > 0 {
            self.say(&format!("going on after {}", counted(folds, "finished fold")));
        }
        match checkpoint.as_ref().map(|checkpoint| &checkpoint.state) {
            Some(state) => {
                self.say(&format!("going on after epoch {}, step {}", state.epochs_done, state.steps_done_in_epoch));
                if !job.prepared.settings.extensions.is_empty() {
                    let (epochs, rate) = (job.prepared.recipe.training.epochs, job.prepared.learning_rate_after(state));
                    self.say(&format!(
                        "the learning rate goes on at {rate:.3e}, as if {epochs} epochs had been planned"
                    ));
                }
            }
            None if !damaged.is_empty() => self.warn("no checkpoint is whole: starting from the beginning"),
            None if folds == 0 => self.warn("there is no checkpoint: starting from the beginning"),
            None => {}
        }
        Ok(())
    }

    /// What one run has reached.
    pub(super) fn tell_report(self, recipe: &Recipe, report: &Report) {
        let time = readable_seconds(Duration::from_secs_f64(report.train_seconds));
        let (parameters, epochs, speed) = (report.parameters, report.epochs_run, report.examples_per_second);
        let frozen = recipe.init.as_ref().map(|init| init.freeze.join(", ")).filter(|layers| !layers.is_empty());
        let frozen = frozen.map(|layers| format!(" ({layers} frozen)")).unwrap_or_default();
        let epochs = counted(epochs, "epoch");
        self.say(&format!(
            "trained a network of {parameters} parameters{frozen} for {epochs} in {time}, {speed:.0} examples/s"
        ));
        self.say(&format!("test {}", score_line(&report.test)));
        let (Some(claim), Some(expected)) = (&recipe.claim, &report.expected) else { return };
        let verdict = match (claim.measured, report.overrides.is_empty(), expected.holds) {
            (_, false, _) => "the recipe was changed, so the claim is not judged".to_string(),
            (Measured::Folds { folds }, ..) => format!("the claim is about --folds {folds}, so it is not judged"),
            (_, true, true) => "within the recipe's band".to_string(),
            (_, true, false) => "outside the recipe's band".to_string(),
        };
        self.say(&format!("{}: {verdict}", beside_claim(expected)));
    }

    /// What a cross-validation has reached.
    pub(super) fn tell_folds(self, recipe: &Recipe, report: &FoldsReport) {
        let (models, folds, seeds) = (report.runs.len(), report.folds, seeds_in_words(&report.seeds));
        self.say(&format!("{models} models, {folds} folds by {seeds}: mean ± standard deviation over the models"));
        self.say(&spread_table(&report.mean, &report.deviation));
        if !report.class_names.is_empty() {
            self.say("over the pooled predictions of all models:");
            self.say(&class_table(&report.per_class));
            self.say(&confusion_table(&report.class_names, &report.confusion));
        }
        let (Some(claim), Some(expected)) = (&recipe.claim, &report.expected) else { return };
        let verdict = match verdict(recipe, claim, report) {
            Ok(Verdict::Holds) => ": the claim holds".to_string(),
            Ok(Verdict::AboveBand) => ": above the recipe's band, and too good is usually a leak".to_string(),
            Ok(Verdict::Fails) => format!("{}: the claim does not hold", floors_in_words(claim)),
            Err(reason) => format!(": the claim is not judged, as {reason}"),
        };
        self.say(&format!("{}{verdict}", beside_claim(expected)));
    }
}

/// What the last line says besides.
pub(super) enum Told<'a> {
    /// Where it stopped.
    Sentence(String),
    /// What was wrong.
    Failure(&'a anyhow::Error),
    /// On test; of a cross-validation the mean over its models, and the standard deviation.
    Scores(&'a Scores, Option<&'a Scores>),
    /// Several runs have said it, each for itself.
    Nothing,
}

/// The first line for programs.
fn start(job: &Job, resumed: bool) -> Result<Event<'_>, TrainError> {
    let Job { prepared: run, folder, found, .. } = job;
    let (recipe, settings) = (&run.recipe, &run.settings);
    Ok(Event::Start(Box::new(Start {
        folder: folder.path(),
        resumed,
        model: &recipe.name,
        recipe_sha256: recipe.sha256(),
        overrides: &settings.overrides,
        seed: settings.seed,
        cross_validation: run.repeats(),
        device: &settings.device,
        instruction_set: settings.instruction_set(),
        threads: settings.threads,
        parameters: run.parameters()?,
        epochs: recipe.training.epochs,
        epochs_done: found.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.state.epochs_done),
        data: run.data(),
        versions: Versions::here(),
    })))
}

/// Where the user has stopped a run, and how it goes on.
pub(super) fn interrupted(job: &Job) -> String {
    let (run, resume) = (&job.prepared, flag_with("--resume", job.folder.path()));
    let place = match run.repeats() {
        Some(repeats) => {
            format!("{} of {} folds", job.finished_folds().unwrap_or_default(), repeats.folds * repeats.seeds.len())
        }
        None => {
            let found = job.folder.checkpoints().and_then(|checkpoints| checkpoints.newest()).unwrap_or_default();
            let state = found.checkpoint.map(|checkpoint| checkpoint.state).unwrap_or_default();
            format!("epoch {}, step {}", state.epochs_done, state.steps_done_in_epoch)
        }
    };
    format!("stopped after {place}; go on with {resume}")
}

fn beside_claim(claim: &Expected) -> String {
    let measured = score_text(Some(claim.metric), claim.measured);
    format!("{} {measured}, expected {} ± {}", claim.metric.label(), claim.expected, claim.tolerance)
}

/// The claim's fate, if this is what it is measured by; else why it is not.
fn verdict(recipe: &Recipe, claim: &Claim, report: &FoldsReport) -> Result<Verdict, String> {
    let training = &recipe.training;
    match claim.measured {
        _ if !report.overrides.is_empty() => return Err("the recipe was changed".to_string()),
        Measured::Test => return Err("the recipe measures it on the test split".to_string()),
        Measured::Folds { folds } if folds != report.folds || training.seeds != report.seeds => {
            return Err(format!("the recipe measures it over {folds} folds and {}", seeds_in_words(&training.seeds)));
        }
        Measured::Folds { .. } => {}
    }
    let (name, folds) = (report.model.clone(), Some(report.clone()));
    let record = Record { schema: RECORD_SCHEMA, recipe: name, cpu: String::new(), runs: Vec::new(), folds };
    record.summary(recipe).map(|summary| summary.verdict).ok_or_else(|| "nothing was measured".to_string())
}

fn floors_in_words(claim: &Claim) -> String {
    let floor = |floor: &Floor| format!(", {} at least {}", floor.metric.label(), floor.least);
    claim.floors.iter().map(floor).collect()
}
