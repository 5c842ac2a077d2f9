//! Cross-validation: one run a seed and fold, each in a folder of its own, then all of them together.

use super::session::{End, Session, standing};
use super::tables::{class_table, confusion_table, spread_table};
use super::train::{Job, tell_path};
use crate::data::{Fold, cut_fold, load_for};
use crate::interrupt::{INTERRUPTED, StopFlag};
use crate::logging::Log;
use crate::pooled::{CrossValidated, Pooled};
use crate::progress::{FoldsObserver, Observer, Progress};
use crate::results::measure;
use crate::run_folder::{self, CrossValidation, Repeats, RunFolder, RunSettings};
use crate::trained::TrainedModel;
use anyhow::{Result, bail};
use burn::tensor::Device;
use std::path::Path;
use std::process::ExitCode;
use zoo_core::{Dataset, Examples, Store};
use zoo_recipe::{Measured, Recipe};
use zoo_results::{FoldScores, FoldsReport, RECORD_SCHEMA, Record, Report, Verdict};

/// A cross-validation with everything it needs at hand.
struct Folds {
    recipe: Recipe,
    settings: RunSettings,
    repeats: Repeats,
    progress: Progress,
    folder: RunFolder,
    dataset: Dataset,
    device: Device,
    stop: StopFlag,
}

pub(super) fn train(job: Job, repeats: Repeats, device: Device, store: &Store, log: &Log) -> Result<ExitCode> {
    let Job { recipe, settings, progress, place } = job;
    let dataset = load_for(&recipe, store)?;
    // Data that cannot be cut so leaves no folder behind.
    cut_fold(&recipe, &dataset, repeats.seeds[0], Fold { folds: repeats.folds, fold: 1 })?;
    let stop = StopFlag::on_signal()?;
    let mut observer = FoldsObserver::new(progress, &repeats, recipe.claim.metric)?;
    let folder = place.open(&recipe, &settings)?;
    log.write_to(&folder.log_file())?;
    let folds = Folds { recipe, settings, repeats, progress, folder, dataset, device, stop };
    folds.announce()?;
    let runs = folds.run(&mut observer);
    observer.end();
    let code = match runs? {
        Some(runs) => folds.finish(&runs)?,
        None => ExitCode::from(INTERRUPTED),
    };
    Ok(tell_path(folds.folder.path(), code))
}

impl Folds {
    fn announce(&self) -> Result<()> {
        let Self { recipe, settings, repeats, dataset, .. } = self;
        self.say(&format!("{}: {}", recipe.name, recipe.claim.summary));
        for change in &settings.overrides {
            self.say(&format!("changed {change}"));
        }
        let first = cut_fold(recipe, dataset, repeats.seeds[0], self.fold(1))?;
        let [train, valid, test] = [&first.train, &first.valid, &first.test].map(Examples::len);
        self.say(&format!(
            "data {} ({}): {} examples in {} folds, so about {train} training, {valid} validation, {test} test examples a fold",
            dataset.name,
            standing(dataset.provenance),
            dataset.train.len(),
            repeats.folds
        ));
        let (device, threads) = (&settings.device, settings.threads);
        self.say(&format!(
            "{}, device {device}, {threads} threads, run folder {}",
            seeds_in_words(&repeats.seeds),
            self.folder.path().display()
        ));
        let finished =
            self.pairs().filter(|(seed, fold)| run_folder::is_finished(&self.folder.fold_path(*seed, *fold)));
        match finished.count() {
            0 => {}
            count => self.say(&format!("going on after {count} finished folds")),
        }
        Ok(())
    }

    fn fold(&self, fold: usize) -> Fold {
        Fold { folds: self.repeats.folds, fold }
    }

    /// Every seed with every fold, in the order they run.
    fn pairs(&self) -> impl Iterator<Item = (u64, usize)> {
        let folds = self.repeats.folds;
        self.repeats.seeds.iter().flat_map(move |seed| (1..=folds).map(|fold| (*seed, fold)))
    }

    /// Runs what is not finished yet; `None` if the user stopped it.
    fn run(&self, observer: &mut FoldsObserver) -> Result<Option<Vec<(FoldScores, Report)>>> {
        let mut runs = Vec::new();
        for (seed, fold) in self.pairs() {
            let path = self.folder.fold_path(seed, fold);
            let is_found = run_folder::is_finished(&path);
            let report = if is_found {
                self.read(&path, seed)?
            } else {
                observer.begin(seed, fold);
                match self.train_one(&path, seed, fold, observer)? {
                    End::Finished(report) => *report,
                    End::Interrupted(_) => return Ok(self.tell_interrupted(runs.len())),
                }
            };
            run_folder::drop_checkpoints(&path);
            let scores = FoldScores { seed, fold, epochs_run: report.epochs_run, test: report.test.clone() };
            if is_found {
                observer.found(&scores)
            } else {
                observer.finished(&scores)
            }
            runs.push((scores, report));
        }
        Ok(Some(runs))
    }

    /// The report of a run that an earlier session finished.
    fn read(&self, path: &Path, seed: u64) -> Result<Report> {
        let report = Report::read(&run_folder::report_file(path))?;
        if report.recipe_sha256 != self.recipe.sha256() || report.seed != seed {
            bail!(
                "{} was trained by another recipe or seed than this cross-validation's; move it away to have it trained again",
                path.display()
            );
        }
        Ok(report)
    }

    fn train_one(&self, path: &Path, seed: u64, fold: usize, observer: &mut FoldsObserver) -> Result<End> {
        let fold = self.fold(fold);
        let started = run_folder::read(path)
            .map_or_else(|_| jiff::Timestamp::now().to_string(), |(_, settings)| settings.started);
        let cross_validation = Some(CrossValidation::Fold(fold));
        let settings = RunSettings { seed, started, cross_validation, ..self.settings.clone() };
        let folder = RunFolder::renew(path, &self.recipe, &settings)?;
        let session = Session {
            recipe: self.recipe.clone(),
            settings,
            progress: Progress::None,
            found: folder.checkpoints()?.newest()?,
            folder,
            splits: cut_fold(&self.recipe, &self.dataset, seed, fold)?,
            device: self.device.clone(),
            stop: self.stop.clone(),
        };
        session.train(observer)
    }

    #[expect(clippy::print_stderr, reason = "said however progress is shown")]
    fn tell_interrupted<T>(&self, finished: usize) -> Option<T> {
        let of = self.repeats.folds * self.repeats.seeds.len();
        eprintln!("stopped after {finished} of {of} folds; go on with --resume {}", self.folder.path().display());
        None
    }

    fn finish(&self, runs: &[(FoldScores, Report)]) -> Result<ExitCode> {
        let Self { recipe, settings, repeats, dataset, .. } = self;
        let first = cut_fold(recipe, dataset, repeats.seeds[0], self.fold(1))?;
        let pooled = self.pool()?;
        let report = CrossValidated { recipe, settings, repeats, first: &first, runs, pooled }.report();
        report.write(&self.folder.folds_file())?;
        self.tell(&report);
        Ok(ExitCode::SUCCESS)
    }

    /// What every model, read back from its folder, makes of its test part.
    fn pool(&self) -> Result<Pooled> {
        let mut pooled = Pooled::default();
        for (seed, fold) in self.pairs() {
            let splits = cut_fold(&self.recipe, &self.dataset, seed, self.fold(fold))?;
            let model = TrainedModel::of_run(&self.folder.fold_path(seed, fold), &self.device)?;
            let measured = measure(&model.network, &self.recipe, &splits, &splits.test, &self.device, |_| {})?;
            pooled.add(measured.predictions, &splits.test.labels);
        }
        Ok(pooled)
    }

    fn tell(&self, report: &FoldsReport) {
        let (models, folds, seeds) = (report.runs.len(), report.folds, seeds_in_words(&report.seeds));
        self.say(&format!("{models} models, {folds} folds by {seeds}: mean ± standard deviation over the models"));
        self.say(&spread_table(&report.mean, &report.deviation));
        self.say("over the pooled predictions of all models:");
        self.say(&class_table(&report.per_class));
        self.say(&confusion_table(&report.class_names, &report.confusion));
        self.tell_verdict(report);
    }

    fn tell_verdict(&self, report: &FoldsReport) {
        let claim = &self.recipe.claim;
        let (metric, measured) = (claim.metric.label(), report.expected.measured);
        let expected = format!("{metric} {measured:.4}, expected {} ± {}", claim.expected, claim.tolerance);
        self.say(&match self.verdict(report) {
            Ok(Verdict::Holds) => format!("{expected}: the claim holds"),
            Ok(Verdict::AboveBand) => format!("{expected}: above the recipe's band, and too good is usually a leak"),
            Ok(Verdict::Fails) => format!("{expected}{}: the claim does not hold", floors_in_words(&self.recipe)),
            Err(reason) => format!("{expected}: the claim is not judged, as {reason}"),
        });
    }

    /// The claim's fate, if this is what it is measured by; else why it is not.
    fn verdict(&self, report: &FoldsReport) -> Result<Verdict, String> {
        let Recipe { claim, training, .. } = &self.recipe;
        match claim.measured {
            _ if !report.overrides.is_empty() => return Err("the recipe was changed".to_string()),
            Measured::Test => return Err("the recipe measures it on the test part".to_string()),
            Measured::Folds { folds } if folds != report.folds || training.seeds != report.seeds => {
                return Err(format!(
                    "the recipe measures it over {folds} folds and {}",
                    seeds_in_words(&training.seeds)
                ));
            }
            Measured::Folds { .. } => {}
        }
        let (recipe, folds) = (report.model.clone(), Some(report.clone()));
        let record = Record { schema: RECORD_SCHEMA, recipe, cpu: String::new(), runs: Vec::new(), folds };
        record.summary(&self.recipe).map(|summary| summary.verdict).ok_or_else(|| "nothing was measured".to_string())
    }

    fn say(&self, line: &str) {
        tracing::info!("{line}");
        self.progress.say(line);
    }
}

fn seeds_in_words(seeds: &[u64]) -> String {
    let list: Vec<String> = seeds.iter().map(u64::to_string).collect();
    format!("{} {}", if seeds.len() == 1 { "seed" } else { "seeds" }, list.join(", "))
}

fn floors_in_words(recipe: &Recipe) -> String {
    let floor = |floor: &zoo_recipe::Floor| format!(", {} at least {}", floor.metric.label(), floor.least);
    recipe.claim.floors.iter().map(floor).collect()
}
