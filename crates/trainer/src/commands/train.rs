//! Training: from the command line to a finished run folder.

use super::catalogue::metric_name;
use crate::cli::{INTERRUPTED, TrainArgs};
use crate::data::{self, Splits};
use crate::device::DeviceName;
use crate::interrupt::StopFlag;
use crate::logging::Log;
use crate::progress::{Observer, Progress, readable_seconds};
use crate::registry;
use crate::results::{measure, report};
use crate::run_folder::{RunFolder, RunSettings};
use crate::train::{Outcome, Settings, State, Trained, fit};
use crate::weights::{self, Facts};
use anyhow::{Context, Result, anyhow, bail};
use burn::tensor::Device;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use zoo_data::Provenance;
use zoo_recipe::{Recipe, Report, parse_override};

/// A run that is about to start or to go on.
struct Job {
    recipe: Recipe,
    settings: RunSettings,
    progress: Progress,
    /// The folder of an earlier session, still to be opened; `None` for a new run.
    resume: Option<PathBuf>,
    /// The folder of a new run.
    out: PathBuf,
}

pub(crate) fn train(args: &TrainArgs, log: &Log) -> Result<ExitCode> {
    let job = match &args.resume {
        Some(path) => resumed(path, args)?,
        None => fresh(args)?,
    };
    if let Some(path) = finished(&job)? {
        return Ok(tell_path(&path, ExitCode::SUCCESS));
    }
    super::use_threads(Some(job.settings.threads))?;
    let device = job.settings.device.parse::<DeviceName>().map_err(|error| anyhow!(error))?.open()?;
    let store = super::store(&data_args(&job.settings), job.progress)?;
    let splits = data::prepare(&job.recipe, &store, job.settings.seed)?;
    // Only now: a download stops at once on Ctrl-C, and goes on where it was the next time.
    let stop = StopFlag::on_signal()?;
    let mut observer = job.progress.observer(&stop)?;
    let folder = job.open_folder()?;
    log.write_to(&folder.log_file())?;
    job.announce(&splits, folder.path());
    let settings = Settings { seed: job.settings.seed, device: device.clone(), folder: Some(&folder), stop: &stop };
    let outcome = fit(&job.recipe, &splits, &settings, observer.as_mut());
    if outcome.is_err() {
        observer.end();
    }
    match outcome? {
        Outcome::Interrupted(state) => {
            observer.end();
            job.tell_interrupted(&state, folder.path());
            Ok(tell_path(folder.path(), ExitCode::from(INTERRUPTED)))
        }
        Outcome::Finished(trained) => {
            let report = job.finish(&trained, &splits, &device, &folder, observer.as_mut())?;
            observer.end();
            job.tell_results(&report);
            Ok(tell_path(folder.path(), ExitCode::SUCCESS))
        }
    }
}

fn fresh(args: &TrainArgs) -> Result<Job> {
    let original = match (&args.model, &args.recipe) {
        (Some(name), _) => registry::recipe(name)?,
        (None, Some(file)) => read_recipe(file)?,
        (None, None) => bail!(
            "name a model with --model, a recipe file with --recipe or a run to go on with by --resume; the models are {}",
            registry::names().collect::<Vec<_>>().join(", ")
        ),
    };
    let recipe = original.with_overrides(&overrides(args)?)?;
    let seed = args.seed.or(recipe.training.seeds.first().copied()).context("the recipe names no seed")?;
    let now = jiff::Zoned::now();
    let default_out =
        || Path::new("runs").join(&recipe.name).join(format!("{}-seed{seed}", now.strftime("%Y%m%d-%H%M%S")));
    let settings = RunSettings {
        seed,
        device: args.device.unwrap_or(DeviceName::Flex).name().to_string(),
        threads: args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from),
        data_dir: args.data.data_dir.clone(),
        offline: args.data.offline,
        overrides: original
            .diff(&recipe)
            .into_iter()
            .map(|(key, before, after)| format!("{key}: {before} -> {after}"))
            .collect(),
        started: now.timestamp().to_string(),
    };
    Ok(Job {
        out: args.out.clone().unwrap_or_else(default_out),
        recipe,
        settings,
        progress: args.progress,
        resume: None,
    })
}

fn read_recipe(file: &Path) -> Result<Recipe> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read the recipe {}", file.display()))?;
    Ok(Recipe::parse(&text, &file.display().to_string())?)
}

/// `--set` in the order given, then the short forms.
fn overrides(args: &TrainArgs) -> Result<Vec<(String, String)>> {
    let mut overrides = args.overrides.iter().map(|text| parse_override(text)).collect::<Result<Vec<_>, _>>()?;
    let short = [
        ("training.epochs", args.epochs.map(|value| value.to_string())),
        ("training.batch_size", args.batch_size.map(|value| value.to_string())),
        ("schedule.learning_rate", args.learning_rate.map(|value| format!("{value:?}"))),
    ];
    overrides.extend(short.into_iter().filter_map(|(key, value)| Some((key.to_string(), value?))));
    Ok(overrides)
}

/// The run of an earlier session; where its data is may have changed, nothing else.
fn resumed(path: &Path, args: &TrainArgs) -> Result<Job> {
    let (recipe, mut settings) = crate::run_folder::read(path)?;
    if args.data.data_dir.is_some() {
        settings.data_dir.clone_from(&args.data.data_dir);
    }
    settings.offline |= args.data.offline;
    Ok(Job { recipe, settings, progress: args.progress, resume: Some(path.to_path_buf()), out: path.to_path_buf() })
}

/// The folder of a job that has nothing left to do.
fn finished(job: &Job) -> Result<Option<PathBuf>> {
    let Some(path) = &job.resume else {
        return Ok(None);
    };
    let (folder, ..) = RunFolder::open(path)?;
    if !folder.report_file().exists() {
        return Ok(None);
    }
    job.say(&format!("this run is already finished; its figures are in {}", folder.report_file().display()));
    Ok(Some(path.clone()))
}

fn data_args(settings: &RunSettings) -> crate::cli::DataArgs {
    crate::cli::DataArgs { data_dir: settings.data_dir.clone(), offline: settings.offline }
}

/// The last line on standard output, always.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn tell_path(path: &Path, code: ExitCode) -> ExitCode {
    println!("{}", path.display());
    code
}

impl Job {
    fn open_folder(&self) -> Result<RunFolder> {
        match &self.resume {
            Some(path) => RunFolder::open(path).map(|(folder, ..)| folder),
            None => RunFolder::create(&self.out, &self.recipe, &self.settings),
        }
    }

    /// A line for people; programs and those who asked for silence do not get it.
    #[expect(clippy::print_stdout, reason = "the answer of the command")]
    fn say(&self, line: &str) {
        tracing::info!("{line}");
        if !matches!(self.progress, Progress::Json | Progress::None) {
            println!("{line}");
        }
    }

    fn announce(&self, splits: &Splits, folder: &Path) {
        let settings = &self.settings;
        self.say(&format!("{}: {}", self.recipe.name, self.recipe.claim.summary));
        for change in &settings.overrides {
            self.say(&format!("changed {change}"));
        }
        let standing = match splits.provenance {
            Provenance::Official => "official",
            Provenance::Unverified => "unverified: not the published files",
        };
        let [train, valid, test] = [&splits.train, &splits.valid, &splits.test].map(|part| part.len());
        self.say(&format!(
            "data {} ({standing}): {train} training, {valid} validation, {test} test examples",
            splits.name
        ));
        self.say(&format!(
            "seed {}, device {}, {} threads, run folder {}",
            settings.seed,
            settings.device,
            settings.threads,
            folder.display()
        ));
    }

    fn finish(
        &self,
        trained: &Trained,
        splits: &Splits,
        device: &Device,
        folder: &RunFolder,
        observer: &mut dyn Observer,
    ) -> Result<Report> {
        let Trained { network, parameters, state } = trained;
        let valid = measure(network, &self.recipe, splits, &splits.valid, device, |_| {})?;
        let test = measure(network, &self.recipe, splits, &splits.test, device, |done| {
            observer.validating(done, splits.test.len());
        })?;
        let weights = folder.weights_file();
        let sha256 = weights::save(&weights, &network.named_tensors(), &facts(&self.recipe, splits))?;
        let name = weights.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let report = report(&self.recipe, &self.settings, splits, *parameters, state, [&valid, &test], (name, sha256));
        report.write(&folder.report_file())?;
        Ok(report)
    }

    fn tell_results(&self, report: &Report) {
        let time = readable_seconds(Duration::from_secs_f64(report.train_seconds));
        let (parameters, epochs, speed) = (report.parameters, report.epochs_run, report.examples_per_second);
        self.say(&format!("trained {parameters} parameters for {epochs} epochs in {time}, {speed:.0} examples/s"));
        self.say(&format!("test {}", score_line(&report.test)));
        let claim = &report.expected;
        let verdict = match (report.overrides.is_empty(), claim.holds) {
            (false, _) => "the recipe was changed, so the claim is not judged",
            (true, true) => "within the recipe's band",
            (true, false) => "outside the recipe's band",
        };
        let metric = metric_name(claim.metric);
        self.say(&format!(
            "{metric} {:.4}, expected {} ± {}: {verdict}",
            claim.measured, claim.expected, claim.tolerance
        ));
    }

    #[expect(clippy::print_stderr, reason = "said however progress is shown")]
    fn tell_interrupted(&self, state: &State, folder: &Path) {
        let (epochs, steps) = (state.epochs_done, state.steps_done_in_epoch);
        eprintln!("stopped after epoch {epochs}, step {steps}; go on with --resume {}", folder.display());
    }
}

/// The scores of a part, in one line.
pub(super) fn score_line(scores: &zoo_recipe::Scores) -> String {
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
