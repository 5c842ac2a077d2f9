//! Training: from the command line to a finished run folder.

use super::asked::{absolute, fresh};
use super::shared::new_folder_name;
use super::sweep;
use super::words::{Teller, Told, interrupted};
use crate::error::TrainError;
use crate::interrupt::{INTERRUPTED, StopFlag};
use crate::logging::Log;
use crate::observer::Observer;
use crate::output::{code_of, warn};
use crate::own;
use crate::progress::{self, ProgressMode, Status};
use crate::run::{Ended, Job, Prepared, ResumeOptions, finished};
use crate::run_folder::{RunFolder, folds_file, log_file, missing_file, report_file};
use crate::sweep::is_sweep;
use crate::train_args::TrainArgs;
use anyhow::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
