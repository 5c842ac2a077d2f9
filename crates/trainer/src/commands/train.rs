//! Training: from the command line to a finished run folder.

use super::shared::recipe_text;
use super::sweep;
use super::words::{Teller, Told, interrupted};
use crate::args::{TrainArgs, target_column};
use crate::device::{all_threads, use_threads};
use crate::error::TrainError;
use crate::extension::EpochCount;
use crate::interrupt::{INTERRUPTED, StopFlag};
use crate::logging::Log;
use crate::observer::Observer;
use crate::output::{code_of, warn};
use crate::own;
use crate::progress::{self, ProgressMode, Status};
use crate::registry;
use crate::run::{Ended, Job, Prepared, Request, ResumeOptions, finished};
use crate::run_folder::{Repeats, RunFolder, folds_file, log_file, missing_file, report_file};
use crate::sweep::is_sweep;
use anyhow::{Context, Error, Result, bail};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use toml::{Table, Value};
use zoo_core::{DATA_DIR_VARIABLE, env_variable};
use zoo_import::find;
use zoo_recipe::{Recipe, parse_override};
use zoo_table::FoundTable;

/// Trains, and tells a program last how it ended, whatever happened.
pub(crate) fn train(args: &TrainArgs, log: &Log) -> Result<ExitCode> {
    let mut folder = None;
    let trained = train_in(args, log, &mut folder);
    if let Err(error) = &trained {
        let folder = folder.as_deref().filter(|_| args.progress == ProgressMode::Json);
        Teller(args.progress).end(Status::Failed, code_of(error), folder, Told::Failure(error));
    }
    trained
}

fn train_in(args: &TrainArgs, log: &Log, told_folder: &mut Option<PathBuf>) -> Result<ExitCode> {
    match &args.resume {
        Some(path) if is_sweep(path) => return sweep::resume(args, path, log),
        None if sweep::is_asked_for(args)? => return sweep::begin(args, log),
        _ => {}
    }
    let stop = StopFlag::default();
    if args.stop_with_stdin {
        stop.raise_at_end_of_input();
    }
    let downloads = args.progress.of_downloads(args.data.mirror.as_deref());
    let resumed = args.resume.clone().or(sweep::continued(args)?);
    // With --continue they are the recipe's, as when the run began.
    let epochs = args.resume.as_ref().and(args.epochs);
    let (job, mut observer) = match &resumed {
        Some(path) => {
            if epochs.is_none()
                && let Some(ended) = finished(path)?
            {
                if let Some(reason) = missing_file(path) {
                    return Err(TrainError::NotARunFolder { path: path.clone(), reason }.into());
                }
                let report = if matches!(ended, Ended::Finished(_)) { report_file(path) } else { folds_file(path) };
                args.progress.say(&format!("this run is already finished; its figures are in {}", report.display()));
                return Ok(tell(args, None, path, &ended));
            }
            let options = ResumeOptions {
                threads: args.threads.map(usize::from),
                data_dir: absolute(args.data.data_dir.as_deref())?,
                offline: args.data.offline,
                epochs,
                folds_from: args.folds_from.clone(),
            };
            let job = Job::resume(path, options, downloads)?;
            let observer = observer(args, &job.prepared, &stop)?;
            (job, observer)
        }
        None => {
            let request = fresh(args)?;
            own::check_run_folder(&request.recipe.data, args.out.as_deref().unwrap_or(&args.runs))?;
            let mut run = Prepared::new(request, downloads)?;
            run.settings.settings_from.clone_from(&args.settings_from);
            run.check_claim()?;
            // Before the folder: an observer that cannot look on leaves nothing behind.
            let observer = observer(args, &run, &stop)?;
            let job = match &args.out {
                Some(path) => run.create(path)?,
                None => {
                    let folder = new_folder(&args.runs, &run)?;
                    run.within(folder)?
                }
            };
            (job, observer)
        }
    };
    // Only now: a download stops at once on Ctrl-C, and goes on where it was the next time.
    *told_folder = Some(job.folder.path().to_path_buf());
    stop.raise_on_signal()?;
    log.write_to(&log_file(job.folder.path()))?;
    Teller(args.progress).announce(&job, resumed.is_some())?;
    if resumed.is_some() {
        Teller(args.progress).announce_earlier(&job)?;
    }
    let ended = job.train(observer.as_mut(), &stop)?;
    Ok(tell(args, Some(&job), job.folder.path(), &ended))
}

fn observer(args: &TrainArgs, run: &Prepared, stop: &StopFlag) -> Result<Box<dyn Observer>> {
    let observer = match run.repeats() {
        Some(repeats) => progress::folds_observer(args.progress, repeats, run.recipe.metric()),
        None => progress::observer(args.progress, stop),
    };
    observer.map_err(Error::msg)
}

/// What came of it, in words or for programs; for people the last line on standard output is the folder, always. Without a job it was
/// finished before.
fn tell(args: &TrainArgs, job: Option<&Job>, path: &Path, ended: &Ended) -> ExitCode {
    let teller = Teller(args.progress);
    let recipe = job.map(|job| &job.prepared.recipe);
    let (status, code, told) = match ended {
        Ended::Finished(report) => {
            recipe.inspect(|recipe| teller.tell_report(recipe, report));
            (Status::Finished, 0, Told::Scores(&report.test, None))
        }
        Ended::CrossValidated(report) => {
            recipe.inspect(|recipe| teller.tell_folds(recipe, report));
            (Status::Finished, 0, Told::Scores(&report.mean, Some(&report.deviation)))
        }
        Ended::Interrupted => {
            let sentence = job.map(interrupted).unwrap_or_default();
            warn(&sentence);
            (Status::Interrupted, INTERRUPTED, Told::Sentence(sentence))
        }
    };
    teller.end(status, code, Some(path), told);
    ExitCode::from(code)
}

/// What the command line asks for; of a table, what was found in it is said.
pub(super) fn fresh(args: &TrainArgs) -> Result<Request> {
    asked_for(args, |table| {
        table.facts().iter().for_each(|fact| args.progress.say(fact));
        table.warnings().iter().for_each(|warning| args.progress.warn(warning));
    })
}

/// What the command line asks for.
pub(super) fn asked_for(args: &TrainArgs, told: impl Fn(&FoundTable)) -> Result<Request> {
    let original = match (&args.model, &args.recipe) {
        (Some(name), _) => Some(registry::recipe(name)?),
        (None, Some(file)) => Some(read_recipe(file)?),
        (None, None) if args.own.data.is_some() => None,
        (None, None) => bail!(
            "name a model with --model, a recipe file with --recipe or a run to go on with by --resume; the models are {}",
            registry::names().collect::<Vec<_>>().join(", ")
        ),
    };
    let (original, adopted) = match (original, &args.own.data) {
        (original, Some(path)) => {
            let shape = original.as_ref().and_then(|recipe| recipe.data.image_shape());
            // Before anything is read on several threads, which would start as many as there are.
            use_threads(args.threads.map_or_else(all_threads, usize::from))?;
            let target = target_column(args.own.label.as_deref(), args.own.target);
            let found = find(path, shape, args.own.skip_bad, target)?;
            if let Some(table) = &found.table {
                told(table);
            }
            let adopted = own::adopted(original.as_ref(), found)?;
            // With other data, nobody claims what the recipe does of its own.
            (Recipe { claim: None, ..original.unwrap_or_else(|| adopted.clone()) }, adopted)
        }
        (Some(original), None) => (original.clone(), original),
        (None, None) => unreachable!("without data there is a recipe"),
    };
    let mut recipe = overridden(args, adopted)?;
    let overrides = changes(&original, &recipe);
    if let Some(claim) = recipe.claim.as_mut().filter(|_| !overrides.is_empty()) {
        // It was made for the network as it was.
        claim.parameters = None;
    }
    Ok(Request {
        overrides,
        seed: args.seed.or(recipe.training.seeds.first().copied()).context("the recipe names no seed")?,
        device: args.device.unwrap_or_default(),
        threads: args.threads.map_or_else(all_threads, usize::from),
        data_dir: absolute(args.data.data_dir.as_deref())?,
        offline: args.data.offline,
        folds: args.folds.map(|folds| repeats(folds, args, &recipe)).transpose()?,
        folds_from: args.folds_from.clone(),
        logs: args.logs(),
        recipe,
    })
}

/// The recipe as the command line changes it.
fn overridden(args: &TrainArgs, mut recipe: Recipe) -> Result<Recipe> {
    let overrides = overrides(args, &recipe)?;
    if args.init.is_some()
        && let Some(init) = &mut recipe.init
    {
        // It is the one of other weights.
        init.sha256 = None;
    }
    changed(&recipe, overrides, args.overrides.len())
}

/// The recipe with what is said to change it, of which the first ones stand in an order that counts; each key may be set once.
pub(super) fn changed(recipe: &Recipe, overrides: Vec<SaidOverride>, ordered: usize) -> Result<Recipe> {
    let (said, overrides): (Vec<String>, Vec<(String, String)>) = overrides.into_iter().unzip();
    if let Some((first, second)) = recipe.conflicting_overrides(&overrides) {
        let ((key, _), (around, _)) = (&overrides[first], &overrides[second]);
        let may_swap = second < ordered && key.starts_with(&format!("{around}."));
        let (first, second) = (&said[first], &said[second]);
        let order = if may_swap { format!(", or give {second} first") } else { String::new() };
        bail!("{first} does not count beside {second}, which sets the same again; leave one of the two out{order}");
    }
    Ok(recipe.with_overrides(&overrides).map_err(|error| own::refused(recipe, &overrides, error))?)
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
    let folder = named.map(Path::to_path_buf).or_else(|| env_variable(DATA_DIR_VARIABLE).map(PathBuf::from));
    let absolute = folder.map(std::path::absolute).transpose();
    absolute.context("cannot tell the current folder, which --data-dir starts from")
}

pub(super) fn read_recipe(file: &Path) -> Result<Recipe> {
    let text = recipe_text(file)?;
    let mut recipe = Recipe::parse(&text, &file.display().to_string())?;
    if let Some(files) = &mut recipe.data.files {
        let folder = file.parent().unwrap_or(Path::new(""));
        let absolute = std::path::absolute(folder.join(&files.path));
        let absolute = absolute.context("cannot tell the current folder, which data.files.path starts from")?;
        // `pets/` is `pets`: one folder, one recipe.
        files.path = absolute.components().collect();
    }
    Ok(recipe)
}

/// What stands on the command line, with the key and the value that it sets.
type SaidOverride = (String, (String, String));

/// What `--set` says.
pub(super) fn set(text: &str) -> Result<SaidOverride> {
    Ok((format!("--set {text}").replace('\n', "\\n"), parse_override(text)?))
}

/// `--set` in the order given, then the short forms, which stand in none.
fn overrides(args: &TrainArgs, recipe: &Recipe) -> Result<Vec<SaidOverride>> {
    let epochs = match args.epochs {
        Some(EpochCount::More(more)) => {
            bail!("--epochs +{more} makes a run longer, which --resume RUN names; a new run wants --epochs N")
        }
        Some(EpochCount::Total(epochs)) => Some(epochs),
        None => None,
    };
    let mut overrides = args.overrides.iter().map(|text| set(text)).collect::<Result<Vec<_>>>()?;
    let freeze = (!args.freeze.is_empty()).then(|| Value::from(args.freeze.clone()));
    let short = [
        ("--epochs", "training.epochs", epochs.map(|value| value.to_string())),
        ("--batch-size", "training.batch_size", args.batch_size.map(|value| value.to_string())),
        ("--learning-rate", "schedule.learning_rate", args.learning_rate.map(|value| format!("{value:?}"))),
        ("--init", "init.weights", args.init.clone().map(|value| Value::String(value).to_string())),
        ("--freeze", "init.freeze", freeze.map(|value| value.to_string())),
        ("--rates", "init.rates", rates(args, recipe)?.map(|value| value.to_string())),
    ];
    let given = |(flag, key, value): (&str, &str, Option<String>)| Some((flag.to_string(), (key.to_string(), value?)));
    overrides.extend(short.into_iter().filter_map(given));
    Ok(overrides)
}

/// The recipe's factors of the learning rate with those of `--rates`, if there are any.
fn rates(args: &TrainArgs, recipe: &Recipe) -> Result<Option<Value>> {
    let mut given = Table::new();
    for text in &args.rates {
        let pair = text.split_once('=').and_then(|(layer, factor)| Some((layer.trim(), factor.trim().parse().ok()?)));
        let (layer, factor) = pair.with_context(|| format!("--rates {text}: write LAYER=FACTOR, such as conv1=0.1"))?;
        if given.insert(layer.to_string(), Value::Float(factor)).is_some() {
            bail!("--rates has the layer {layer} twice; give each layer one factor");
        }
    }
    if given.is_empty() {
        return Ok(None);
    }
    let known = recipe.init.iter().flat_map(|init| &init.rates);
    let mut rates: Table = known.map(|(layer, factor)| (layer.clone(), Value::Float(factor.0))).collect();
    rates.extend(given);
    Ok(Some(Value::Table(rates)))
}

/// `DATE-TIME-what`.
pub(super) fn new_folder_name(what: &str) -> String {
    format!("{}-{what}", jiff::Zoned::now().strftime("%Y%m%d-%H%M%S"))
}

/// `NAME/DATE-TIME-seedN` in the folder of runs, or with a number behind it where another run has that.
fn new_folder(runs: &Path, run: &Prepared) -> Result<RunFolder, TrainError> {
    let settings = &run.settings;
    let folds = run.repeats().map(|repeats| format!("-folds{}", repeats.folds)).unwrap_or_default();
    let name = new_folder_name(&format!("seed{}{folds}", settings.seed));
    let folder = runs.join(&run.recipe.name);
    let mut number = 1;
    loop {
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        match RunFolder::create(&folder.join(format!("{name}{suffix}")), &run.recipe, settings, run.init_weights()) {
            Err(TrainError::FolderNotEmpty { .. } | TrainError::FolderInUse { .. }) => number += 1,
            made => return made,
        }
    }
}
