//! A run from the moment everything it needs is at hand.

use crate::checkpoint::{Checkpoint, Found};
use crate::data::Splits;
use crate::interrupt::{INTERRUPTED, StopFlag};
use crate::progress::{Observer, Progress, readable_seconds};
use crate::results::{Finished, measure_mirrored, measure_while};
use crate::run_folder::{RunFolder, RunSettings};
use crate::state::{Identity, State};
use crate::train::{Outcome, Settings, Trained, fit, is_stop};
use crate::weights;
use anyhow::Result;
use burn::tensor::Device;
use std::process::ExitCode;
use std::time::Duration;
use zoo_core::{Examples, Provenance};
use zoo_recipe::{Measured, Recipe};
use zoo_results::Report;
use zoo_core::weights::Facts;

/// A run with everything it needs at hand.
pub(super) struct Session {
    pub(super) recipe: Recipe,
    pub(super) settings: RunSettings,
    pub(super) progress: Progress,
    pub(super) folder: RunFolder,
    /// The checkpoint to go on from, if there is one.
    pub(super) found: Found,
    pub(super) splits: Splits,
    pub(super) device: Device,
    pub(super) stop: StopFlag,
}

/// How a session ended.
pub(super) enum End {
    Finished(Box<Report>),
    Interrupted(Box<State>),
}

impl Session {
    pub(super) fn announce(&self) {
        let Self { settings, splits, .. } = self;
        self.say(&format!("{}: {}", self.recipe.name, self.recipe.claim.summary));
        for change in &settings.overrides {
            self.say(&format!("changed {change}"));
        }
        let [train, valid, test] = [&splits.train, &splits.valid, &splits.test].map(Examples::len);
        let standing = standing(splits.provenance);
        self.say(&format!(
            "data {} ({standing}): {train} training, {valid} validation, {test} test examples",
            splits.name
        ));
        let (seed, device, threads) = (settings.seed, &settings.device, settings.threads);
        self.say(&format!(
            "seed {seed}, device {device}, {threads} threads, run folder {}",
            self.folder.path().display()
        ));
        self.announce_checkpoint();
    }

    fn announce_checkpoint(&self) {
        for damaged in &self.found.damaged {
            self.say(&format!("a damaged checkpoint was set aside as {}", damaged.display()));
        }
        match &self.found.checkpoint {
            Some(Checkpoint { state, .. }) => {
                self.say(&format!("going on after epoch {}, step {}", state.epochs_done, state.steps_done_in_epoch));
            }
            None if !self.found.damaged.is_empty() => self.say("no checkpoint is whole: starting from the beginning"),
            None => {}
        }
    }

    pub(super) fn train(&self, observer: &mut dyn Observer) -> Result<End> {
        let settings = Settings {
            identity: Identity::new(&self.recipe, &self.settings, &self.splits),
            device: self.device.clone(),
            folder: Some(&self.folder),
            resume: self.found.checkpoint.clone(),
            stop: &self.stop,
        };
        match fit(&self.recipe, &self.splits, &settings, observer)? {
            Outcome::Interrupted(state) => Ok(End::Interrupted(state)),
            Outcome::Finished(trained) => match self.finish(&trained, observer) {
                stopped if is_stop(&stopped) => Ok(End::Interrupted(Box::new(trained.state))),
                report => report.map(|report| End::Finished(Box::new(report))),
            },
        }
    }

    /// Reads the test part, this once, and writes weights and report.
    fn finish(&self, trained: &Trained, observer: &mut dyn Observer) -> Result<Report> {
        let Self { recipe, settings, splits, device, folder, .. } = self;
        let network = &trained.network;
        let mut progress = |done, of| {
            observer.validating(done, of);
            Ok(self.stop.check()?)
        };
        let of = splits.valid.len();
        let valid = measure_while(network, recipe, splits, &splits.valid, device, |done| progress(done, of))?;
        let of = splits.test.len();
        let test = measure_while(network, recipe, splits, &splits.test, device, |done| progress(done, of))?;
        let plain = (&splits.test, &test);
        let test_mirrored = measure_mirrored(network, recipe, splits, plain, device, |done| progress(done, of))?;
        let file = folder.weights_file();
        let weights_sha256 = weights::save(&file, &trained.network.named_tensors(), &facts(recipe, splits))?;
        let weights = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let report =
            Finished { recipe, settings, splits, trained, valid, test, test_mirrored, weights, weights_sha256 };
        let report = report.report();
        report.write(&folder.report_file())?;
        Ok(report)
    }

    pub(super) fn tell(&self, end: End) -> ExitCode {
        match end {
            End::Finished(report) => {
                self.tell_results(&report);
                ExitCode::SUCCESS
            }
            End::Interrupted(state) => {
                self.tell_interrupted(&state);
                ExitCode::from(INTERRUPTED)
            }
        }
    }

    fn tell_results(&self, report: &Report) {
        let time = readable_seconds(Duration::from_secs_f64(report.train_seconds));
        let (parameters, epochs, speed) = (report.parameters, report.epochs_run, report.examples_per_second);
        self.say(&format!("trained {parameters} parameters for {epochs} epochs in {time}, {speed:.0} examples/s"));
        self.say(&format!("test {}", score_line(&report.test)));
        let claim = &report.expected;
        let verdict = match (self.recipe.claim.measured, report.overrides.is_empty(), claim.holds) {
            (_, false, _) => "the recipe was changed, so the claim is not judged".to_string(),
            (Measured::Folds { folds }, ..) => format!("the claim is about --folds {folds}, so it is not judged"),
            (_, true, true) => "within the recipe's band".to_string(),
            (_, true, false) => "outside the recipe's band".to_string(),
        };
        let (metric, measured) = (claim.metric.label(), claim.measured);
        self.say(&format!("{metric} {measured:.4}, expected {} ± {}: {verdict}", claim.expected, claim.tolerance));
    }

    #[expect(clippy::print_stderr, reason = "said however progress is shown")]
    fn tell_interrupted(&self, state: &State) {
        let (epochs, steps) = (state.epochs_done, state.steps_done_in_epoch);
        eprintln!("stopped after epoch {epochs}, step {steps}; go on with --resume {}", self.folder.path().display());
    }

    fn say(&self, line: &str) {
        tracing::info!("{line}");
        self.progress.say(line);
    }
}

/// Whether the files were the published ones, in words.
pub(super) fn standing(provenance: Provenance) -> &'static str {
    match provenance {
        Provenance::Official => "official",
        Provenance::Unverified => "unverified: not the published files",
    }
}

/// The scores of a part, in one line.
pub(super) fn score_line(scores: &zoo_core::Scores) -> String {
    let optional = [
        ("AUROC", scores.auroc),
        ("balanced accuracy", scores.balanced_accuracy),
        ("sensitivity", scores.sensitivity),
        ("specificity", scores.specificity),
    ];
    let mut line = format!("loss {:.4}, accuracy {:.4}", scores.loss, scores.accuracy);
    if let Some(top) = scores.top_k {
        line += &format!(", top-{} accuracy {:.4}", top.k, top.accuracy);
    }
    for (name, value) in optional {
        line += &value.map(|value| format!(", {name} {value:.4}")).unwrap_or_default();
    }
    line
}

fn facts(recipe: &Recipe, splits: &Splits) -> Facts {
    Facts {
        recipe: recipe.to_toml(),
        input_shape: splits.train.inputs.shape(),
        class_names: splits.class_names.clone(),
        columns: splits.columns.clone(),
        normalizer: splits.batcher.normalizer.clone(),
    }
}
