//! Training: from the command line to a finished run folder.

use super::session::Session;
use super::{all_threads, store, use_threads};
use crate::cli::{DataArgs, TrainArgs};
use crate::data::Splits;
use crate::device::DeviceName;
use crate::interrupt::StopFlag;
use crate::logging::Log;
use crate::output::say;
use crate::progress::Progress;
use crate::registry;
use crate::run_folder::{CrossValidation, Repeats, RunFolder, RunSettings, finished_report};
use anyhow::{Context, Result, anyhow, bail};
use burn::tensor::Device;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use zoo_core::{DATA_DIR_VARIABLE, Store};
use zoo_recipe::{Recipe, parse_override};

/// A run that is about to start or to go on.
pub(super) struct Job {
    pub(super) recipe: Recipe,
    pub(super) settings: RunSettings,
    pub(super) progress: Progress,
    pub(super) place: Place,
}

/// Where a run keeps its files.
pub(super) enum Place {
    /// A new folder, named by the user.
    Named(PathBuf),
    /// A new folder of that name, or with a number behind it where that is taken.
    Free(PathBuf),
    /// The folder of an earlier session.
    Earlier(RunFolder),
}

pub(crate) fn train(args: &TrainArgs, log: &Log) -> Result<ExitCode> {
    let job = match &args.resume {
        Some(path) => match finished_report(path) {
            Some(report) => return Ok(nothing_left(path, &report, args.progress)),
            None => resumed(path, args)?,
        },
        None => fresh(args)?,
    };
    use_threads(job.settings.threads)?;
    let device = job.settings.device.parse::<DeviceName>().map_err(|error| anyhow!(error))?.open()?;
    let store = store(&data_args(&job.settings), job.progress)?;
    match job.settings.cross_validation.clone() {
        Some(CrossValidation::All(repeats)) => super::folds::train(job, repeats, device, &store, log),
        _ => once(job, device, &store, log),
    }
}

fn nothing_left(path: &Path, report: &Path, progress: Progress) -> ExitCode {
    progress.say(&format!("this run is already finished; its figures are in {}", report.display()));
    tell_path(path, ExitCode::SUCCESS)
}

fn once(job: Job, device: Device, store: &Store, log: &Log) -> Result<ExitCode> {
    let splits = job.settings.splits(&job.recipe, store)?;
    // Only now: a download stops at once on Ctrl-C, and goes on where it was the next time.
    let stop = StopFlag::on_signal()?;
    let mut observer = job.progress.observer(&stop)?;
    let session = job.open(splits, device, stop)?;
    log.write_to(&session.folder.log_file())?;
    session.announce();
    let outcome = session.train(observer.as_mut());
    observer.end();
    let code = session.tell(outcome?);
    Ok(tell_path(session.folder.path(), code))
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
    let repeats = args.folds.map(|folds| repeats(folds, args, &recipe)).transpose()?;
    let now = jiff::Zoned::now();
    let place = match &args.out {
        Some(path) => Place::Named(path.clone()),
        None => {
            let folds = args.folds.map(|folds| format!("-folds{folds}")).unwrap_or_default();
            let name = format!("{}-seed{seed}{folds}", now.strftime("%Y%m%d-%H%M%S"));
            Place::Free(Path::new("runs").join(&recipe.name).join(name))
        }
    };
    let settings = RunSettings {
        seed,
        device: args.device.unwrap_or_default().name().to_string(),
        threads: args.threads.map_or_else(all_threads, usize::from),
        data_dir: absolute(args.data.data_dir.as_deref())?,
        offline: args.data.offline,
        overrides: changes(&original, &recipe),
        started: now.timestamp().to_string(),
        cross_validation: repeats.map(CrossValidation::All),
    };
    Ok(Job { recipe, settings, progress: args.progress, place })
}

/// The recipe's seeds in turn, or those from `--seed` on.
fn repeats(folds: u32, args: &TrainArgs, recipe: &Recipe) -> Result<Repeats> {
    let (wanted, known) = (args.repeats.unwrap_or(1) as usize, &recipe.training.seeds);
    let seeds = match args.seed {
        Some(first) => (0..wanted as u64).map(|number| first.wrapping_add(number)).collect(),
        None if wanted <= known.len() => known[..wanted].to_vec(),
        None => bail!(
            "--repeats is {wanted}, and the recipe {} has {} seeds; repeat at most as often, or name the first seed with --seed",
            recipe.name,
            known.len()
        ),
    };
    Ok(Repeats { folds: folds as usize, seeds })
}

/// What the command line changed, a line a key.
fn changes(original: &Recipe, recipe: &Recipe) -> Vec<String> {
    let changes = original.diff(recipe).into_iter();
    changes.map(|(key, before, after)| format!("{key}: {before} -> {after}")).collect()
}

/// The data folder as every later command will find it, from wherever it is started.
fn absolute(named: Option<&Path>) -> Result<Option<PathBuf>> {
    let variable = std::env::var_os(DATA_DIR_VARIABLE).map(PathBuf::from);
    let folder = named.map(Path::to_path_buf).or(variable);
    let absolute = folder.map(std::path::absolute).transpose();
    absolute.context("cannot tell the current folder, which --data-dir starts from")
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
    let (folder, recipe, mut settings) = RunFolder::open(path)?;
    if let Some(folder) = absolute(args.data.data_dir.as_deref())? {
        settings.data_dir = Some(folder);
    }
    settings.offline |= args.data.offline;
    Ok(Job { recipe, settings, progress: args.progress, place: Place::Earlier(folder) })
}

fn data_args(settings: &RunSettings) -> DataArgs {
    DataArgs { data_dir: settings.data_dir.clone(), offline: settings.offline }
}

/// The last line on standard output, always.
pub(super) fn tell_path(path: &Path, code: ExitCode) -> ExitCode {
    say(&path.display().to_string());
    code
}

impl Job {
    fn open(self, splits: Splits, device: Device, stop: StopFlag) -> Result<Session> {
        let Self { recipe, settings, progress, place } = self;
        let folder = place.open(&recipe, &settings)?;
        let found = folder.checkpoints()?.newest()?;
        Ok(Session { recipe, settings, progress, folder, found, splits, device, stop })
    }
}

impl Place {
    pub(super) fn open(self, recipe: &Recipe, settings: &RunSettings) -> Result<RunFolder> {
        match self {
            Self::Earlier(folder) => Ok(folder),
            Self::Named(path) => RunFolder::create(&path, recipe, settings),
            Self::Free(path) => RunFolder::create(&free(path), recipe, settings),
        }
    }
}

/// The path itself, or the first of `path-2`, `path-3`, ... that is not there.
fn free(path: PathBuf) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut candidates = (2..).map(|number| path.with_file_name(format!("{name}-{number}")));
    let taken = |path: &Path| path.exists();
    if taken(&path) { candidates.find(|path| !taken(path)).unwrap_or(path) } else { path }
}
