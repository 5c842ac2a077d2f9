//! Several runs as one: planned, trained side by side, summed up.

use super::asked::{asked_for, fresh};
use super::shared::{new_folder_name, store};
use super::words::{Teller, Told};
use crate::device::all_threads;
use crate::interrupt::{INTERRUPTED, StopFlag};
use crate::logging::Log;
use crate::output::{FAILED, answer, warn};
use crate::own;
use crate::progress::{ProgressMode, Status, SweepProgress};
use crate::run::Request;
use crate::run_folder;
use crate::shell::{flag_with, flag_words, shell_line};
use crate::sweep::{RunState, SweepFolder, SweepPlan, SweepRow, Variant, notes, summary};
use crate::train_args::TrainArgs;
use crate::workers::{News, Workers};
use anyhow::{Context, Result, bail};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;
use zoo_core::Metric;
use zoo_recipe::parse_alternatives;

/// More runs than anybody waits for.
const MOST_RUNS: usize = 10_000;
/// How often a raised stop flag is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// Whether the command line asks for several runs, or for a plan of them.
pub(super) fn is_asked_for(args: &TrainArgs) -> Result<bool> {
    let several = alternatives(args)?.iter().any(|(_, values)| values.len() > 1);
    Ok(several || args.seeds.is_some() || args.jobs.is_some() || args.plan)
}

/// Begins the runs that the command line asks for, or goes on with them if they are in its folder.
pub(super) fn begin(args: &TrainArgs, log: &Log) -> Result<ExitCode> {
    if args.folds.is_some() && alternatives(args)?.iter().all(|(_, values)| values.len() == 1) {
        let flag = if args.plan {
            "--plan"
        } else if args.seeds.is_some() {
            "--seeds"
        } else {
            "--jobs"
        };
        bail!(
            "{flag} is for several runs, and --folds is one cross-validation; divide it by its seeds, with --seed N and --out DIR for \
             each, and join them by --folds-from DIR"
        );
    }
    if args.folds.is_some() {
        bail!(
            "--folds cannot be swept: a cross-validation tests on all data and leaves no validation score to choose by; \
             sweep without --folds, then cross-validate the setting that was chosen"
        );
    }
    let jobs = usize::from(args.jobs.unwrap_or(1));
    let (keys, runs) = runs(args, threads_of_each(args, jobs))?;
    let plan = SweepPlan::new(keys, &runs);
    if let Some((first, second)) = plan.same_runs() {
        let (one, other, seed) = (plan.setting(first), plan.setting(second), first.seed);
        bail!("the settings {one} and {other} train the same recipe by the same seed, {seed}; give each setting once");
    }
    let path = match &args.out {
        Some(path) => path.clone(),
        None => args.runs.join(&runs[0].1.recipe.name).join(new_folder_name("sweep")),
    };
    runs.iter().try_for_each(|(_, request)| own::check_run_folder(&request.recipe.data, &path))?;
    // A plan is commands alone, and warnings go beside them.
    let mode = if args.plan { ProgressMode::None } else { args.progress };
    // What every run would refuse is refused now.
    store(&args.data, mode)?;
    let requests = runs.iter().map(|(_, request)| request);
    let notes = notes(requests, &mode.of_downloads(args.data.mirror.as_deref()))?;
    notes.iter().for_each(|note| Teller(mode).warn(note));
    if args.plan {
        return print_plan(&args.words, &plan, &runs, &path);
    }
    let requests: Vec<Request> = runs.into_iter().map(|(_, request)| request).collect();
    train(args, SweepFolder::create(&path, plan, &requests)?, log)
}

/// Goes on with the runs in that folder.
pub(super) fn resume(args: &TrainArgs, path: &Path, log: &Log) -> Result<ExitCode> {
    if args.epochs.is_some() {
        bail!(
            "--epochs makes one run longer, and {} is a sweep; name one of its runs: {}",
            path.display(),
            flag_with("--resume", &path.join("RUN"))
        );
    }
    train(args, SweepFolder::open(path)?, log)
}

/// A run of a sweep, and what it is asked for.
type Asked = (Variant, Request);

fn threads_of_each(args: &TrainArgs, jobs: usize) -> usize {
    (args.threads.map_or_else(all_threads, usize::from) / jobs).max(1)
}

fn alternatives(args: &TrainArgs) -> Result<Vec<(String, Vec<String>)>> {
    Ok(args.overrides.iter().map(|text| parse_alternatives(text)).collect::<Result<_, _>>()?)
}

/// The keys with several values, and every run with what it is asked for.
fn runs(args: &TrainArgs, threads: usize) -> Result<(Vec<String>, Vec<Asked>)> {
    let settings = alternatives(args)?;
    let seeds = args.seeds.as_ref().map(|seeds| seeds.0.clone()).unwrap_or_default();
    let count = settings.iter().map(|(_, values)| values.len()).chain([seeds.len().max(1)]);
    let count = count.fold(1_usize, usize::saturating_mul);
    if count > MOST_RUNS {
        bail!("--set and --seeds ask for {count} runs, expected at most {MOST_RUNS}; ask for fewer values");
    }
    let request = |(number, variant): (usize, Variant)| {
        let args = TrainArgs {
            // What the data is, is not said among the commands of a plan; warnings are.
            progress: if args.plan { ProgressMode::None } else { args.progress },
            overrides: variant.overrides.clone(),
            seed: variant.seed.or(args.seed),
            threads: u16::try_from(threads).ok(),
            ..args.clone()
        };
        // It is said once.
        let request = if number == 0 { fresh(&args) } else { asked_for(&args, |_| ()) };
        let request = request.map_err(|error| with_list_hint(&args, &settings, error))?;
        Ok((variant, request))
    };
    let runs = Variant::all(&settings, &seeds).into_iter().enumerate().map(request).collect::<Result<Vec<_>>>()?;
    let several = settings.into_iter().filter(|(_, values)| values.len() > 1);
    Ok((several.map(|(key, _)| key).collect(), runs))
}

/// Where one run's settings are refused, but the alternatives of a key would do as a list, that may have been meant.
fn with_list_hint(args: &TrainArgs, settings: &[(String, Vec<String>)], error: anyhow::Error) -> anyhow::Error {
    let as_list =
        settings.iter().enumerate().filter(|(_, (_, values))| values.len() > 1).find_map(|(index, setting)| {
            let list = format!("{}=[{}]", setting.0, setting.1.join(","));
            let mut overrides = args.overrides.clone();
            overrides[index] = list.clone();
            asked_for(&TrainArgs { overrides, ..args.clone() }, |_| ()).ok().map(|_| list)
        });
    match as_list {
        Some(list) => {
            anyhow::anyhow!("{error}; commas separate the values of several runs, and one list is --set '{list}'")
        }
        None => error,
    }
}

/// A line a run: what trains it alone, and does nothing once it is trained.
fn print_plan(shared: &[String], plan: &SweepPlan, runs: &[(Variant, Request)], path: &Path) -> Result<ExitCode> {
    for (run, (variant, request)) in plan.runs.iter().zip(runs) {
        let mut words = shared.to_vec();
        variant.overrides.iter().for_each(|text| words.extend(flag_words("--set", text)));
        words.extend(flag_words("--seed", &request.seed.to_string()));
        words.extend(flag_words("--out", &path.join(&run.name).display().to_string()));
        words.push("--continue".to_string());
        answer(&format!("trainer {}", shell_line(&words)))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Trains what is not over yet, and sums all of it up.
fn train(args: &TrainArgs, folder: SweepFolder, log: &Log) -> Result<ExitCode> {
    let stop = StopFlag::default();
    stop.raise_on_signal()?;
    log.write_to(&run_folder::log_file(folder.path()))?;
    let mut rows = folder.rows()?;
    // All runs have one metric; a run that cannot be read is said when it is its turn.
    let recipe = (0..rows.len()).find_map(|run| run_folder::read(&folder.run(run)).ok()).map(|(recipe, _)| recipe);
    let metric = recipe.map_or(Metric::Loss, |recipe| recipe.metric());
    let waiting: VecDeque<usize> = (0..rows.len()).filter(|run| !rows[*run].state.is_over()).collect();
    let jobs = usize::from(args.jobs.unwrap_or(1));
    let mut sweep = Sweep {
        progress: SweepProgress::new(args.progress, metric, rows.len(), rows.len() - waiting.len())?,
        workers: Workers::default(),
        program: std::env::current_exe().context("cannot tell where this program is")?,
        threads: threads_of_each(args, jobs),
        folder,
        waiting,
        jobs,
    };
    sweep.run(&mut rows, &stop)?;
    let Sweep { folder, mut progress, .. } = sweep;
    let counts = rows.iter().filter(|row| row.state.is_over()).count();
    progress.finish(&summary(&folder.plan, &rows, metric));
    let code = match () {
        () if stop.is_raised() => {
            let resume = flag_with("--resume", folder.path());
            warn(&format!("stopped after {counts} of {} runs; go on with {resume}", rows.len()));
            (Status::Interrupted, INTERRUPTED)
        }
        () if counts < rows.len() => {
            let failed = folder.plan.runs.iter().zip(&rows).find(|(_, row)| row.state == RunState::Failed);
            let (name, error) = failed.map(|(run, row)| (run.name.as_str(), row.error.as_str())).unwrap_or_default();
            let (all, resume) = (rows.len(), flag_with("--resume", folder.path()));
            warn(&format!(
                "error: {} of {all} runs failed, the first of them {name} ({error}); try them again with {resume}",
                all - counts
            ));
            (Status::Failed, FAILED)
        }
        () => (Status::Finished, 0),
    };
    let (status, code) = code;
    Teller(args.progress).end(status, code, Some(folder.path()), Told::Nothing);
    Ok(ExitCode::from(code))
}

/// A sweep that trains.
struct Sweep {
    folder: SweepFolder,
    workers: Workers,
    program: PathBuf,
    /// Of each run.
    threads: usize,
    progress: SweepProgress,
    waiting: VecDeque<usize>,
    jobs: usize,
}

impl Sweep {
    /// Until nothing waits, or the user stops it and all runs have saved what they have.
    fn run(&mut self, rows: &mut [SweepRow], stop: &StopFlag) -> Result<()> {
        self.folder.write(rows)?;
        loop {
            if stop.is_raised() {
                self.waiting.clear();
                self.workers.stop();
            }
            while self.workers.count() < self.jobs
                && let Some(run) = self.waiting.pop_front()
            {
                self.workers.start(run, self.command(run)).context("cannot start a process for a run")?;
                rows[run] = SweepRow::running();
                self.folder.write(rows)?;
            }
            if self.workers.count() == 0 {
                return Ok(());
            }
            match self.workers.news(GLANCE) {
                Some(News::Epoch { run, epoch, epochs }) => self.progress.epoch(run, epoch, epochs),
                Some(News::Fold { .. }) | None => {}
                Some(News::Ended { run, code, said, .. }) => {
                    rows[run] = self.ended(run, code, &said);
                    self.folder.write(rows)?;
                    self.progress.ended(run, &self.folder.plan.runs[run].name, &rows[run]);
                }
            }
        }
    }

    /// What goes on with a run.
    fn command(&self, run: usize) -> Command {
        let mut command = Command::new(&self.program);
        // One word, as a path may begin like a flag.
        let mut resume = OsString::from("--resume=");
        resume.push(self.folder.run(run));
        command.arg(resume).args(["--threads", &self.threads.to_string()]);
        command.args(Workers::FLAGS);
        command
    }

    /// What became of a run whose process ended.
    fn ended(&self, run: usize, code: Option<i32>, said: &str) -> SweepRow {
        let row = SweepRow::of(&self.folder.run(run)).unwrap_or_else(|error| SweepRow::failed(error.to_string()));
        let was_stopped = code == Some(i32::from(INTERRUPTED));
        if row.state.is_over() || row.state == RunState::Failed || was_stopped {
            return row;
        }
        let said = said.strip_prefix("error: ").unwrap_or(said);
        SweepRow::failed(match code {
            _ if !said.is_empty() => said.to_string(),
            Some(code) => format!("its process ended with exit code {code}"),
            None => "its process was killed".to_string(),
        })
    }
}

/// Where `--out` holds a run already, and `--continue` allows it.
pub(super) fn continued(args: &TrainArgs) -> Result<Option<PathBuf>> {
    let Some(path) = args.out.as_ref().filter(|path| args.continues && run_folder::exists(path)) else {
        return Ok(None);
    };
    let (recipe, settings) = run_folder::read(path)?;
    fresh(args)?.check_same_program(path, &recipe, &settings)?;
    Ok(Some(path.clone()))
}
