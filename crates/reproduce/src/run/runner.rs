//! Runs tasks: what is finished is read, the rest is made by processes side by side.
//!
//! A run is a process of its own, as Burn's random generator and the pool of threads are one per process: so it gives the bits that it
//! gives alone, however many run beside it.

use super::options::Selection;
use super::progress::OverallProgress;
use super::step::{Left, RunStep};
use super::stop::ending_on;
use super::task::{MeasuredRecipe, RunTask, TaskResult};
use crate::catalog::zoo_data;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use trainer::interrupt::StopFlag;
use trainer::output::warn;
use trainer::run::Ended;
use trainer::run_folder::RunFolder;
use trainer::workers::{News, Workers};
use zoo_core::{Progress, Store, cpu_name};
use zoo_recipe::{DataName, Recipe};
use zoo_results::{FoldsReport, RECORD_SCHEMA, Record, Report};

/// How often a raised stop flag is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// Tasks that are under way.
pub(crate) struct TaskRunner<'a> {
    selection: &'a Selection,
    stop: &'a StopFlag,
    program: PathBuf,
    tasks: Vec<TaskSteps>,
    workers: Workers,
    /// The folders that were cleared, to run anew in them.
    cleared: BTreeSet<PathBuf>,
    /// The threads of the processes that run, by step.
    threads: BTreeMap<usize, usize>,
    progress: OverallProgress,
    /// Whether a data set is at hand; if not, why.
    data: Vec<(DataName, Result<(), String>)>,
}

/// A task and how far it is.
struct TaskSteps {
    task: RunTask,
    steps: Vec<(RunStep, StepState)>,
    /// Of its first step, by which steps are counted over all tasks.
    first: usize,
    /// What came of it, if its steps do not tell.
    ended: Option<TaskResult>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StepState {
    Waiting,
    Running,
    Done,
    /// It went wrong, or its task did before it started.
    GivenUp,
}

impl<'a> TaskRunner<'a> {
    /// With the steps of each task, of which those that are finished are done.
    ///
    /// # Errors
    /// If this program's own file cannot be found.
    pub(crate) fn new(
        selection: &'a Selection,
        stop: &'a StopFlag,
        tasks: Vec<(RunTask, Vec<RunStep>)>,
    ) -> Result<Self> {
        let mut counted = 0;
        let with_state = |(task, steps): (RunTask, Vec<RunStep>)| {
            let first = counted;
            counted += steps.len();
            let is_left = |step: &RunStep| matches!(step.left(&task), Ok(Some(_)));
            let state = |step: &RunStep| if is_left(step) { StepState::Done } else { StepState::Waiting };
            let steps = steps.into_iter().map(|step| (step.clone(), state(&step))).collect();
            TaskSteps { task, steps, first, ended: None }
        };
        let tasks: Vec<TaskSteps> = tasks.into_iter().map(with_state).collect();
        let waiting = tasks.iter().flat_map(|task| &task.steps).filter(|(_, state)| *state == StepState::Waiting);
        let progress = OverallProgress::new(waiting.map(|(step, _)| step.seconds).sum());
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        let (workers, cleared) = (Workers::default(), BTreeSet::new());
        let (threads, data) = (BTreeMap::new(), Vec::new());
        Ok(Self { selection, stop, program, tasks, workers, cleared, threads, progress, data })
    }

    /// Gives each task's result to `tell`, in their order, until it answers that this is enough. Whether the user stopped it.
    ///
    /// # Errors
    /// If a process cannot be started, or what one left cannot be read.
    pub(crate) fn run(&mut self, mut tell: impl FnMut(&OverallProgress, &RunTask, TaskResult) -> bool) -> Result<bool> {
        let (mut told, mut goes_on) = (0, true);
        loop {
            let halts = self.stop.is_raised() || !goes_on;
            if halts {
                self.workers.stop();
            } else {
                self.start_what_fits()?;
            }
            while goes_on && !self.stop.is_raised() && told < self.tasks.len() && self.tasks[told].is_over() {
                let result = self.result(told)?;
                goes_on = tell(&self.progress, &self.tasks[told].task, result);
                told += 1;
            }
            if self.workers.count() == 0 && (halts || told == self.tasks.len()) {
                self.progress.end();
                return Ok(self.stop.is_raised());
            }
            if let Some(news) = self.workers.news(GLANCE) {
                self.hear(news);
            }
        }
    }

    /// Starts steps in their order while there are threads for them; none overtakes another that waits for threads.
    fn start_what_fits(&mut self) -> Result<()> {
        for place in 0..self.tasks.len() {
            while let Some(step) = self.tasks[place].next() {
                if let RunTask::Recipe(task) = &self.tasks[place].task {
                    let recipe = task.entry.recipe.clone();
                    if let Err(reason) = self.data_of(&recipe)? {
                        self.end(place, TaskResult::MissingData(reason));
                        break;
                    }
                }
                let taken: usize = self.threads.values().sum();
                let free = self.selection.budget().saturating_sub(taken);
                let threads = self.selection.threads_of_one(free, self.waiting());
                if threads > free {
                    return Ok(());
                }
                self.start(place, step, threads)?;
            }
        }
        Ok(())
    }

    /// Steps that wait for threads, without those that only put others together.
    fn waiting(&self) -> usize {
        let steps = self.tasks.iter().filter(|task| task.ended.is_none()).flat_map(|task| &task.steps);
        steps.filter(|(step, state)| *state == StepState::Waiting && !step.comes_last()).count()
    }

    fn start(&mut self, place: usize, step: usize, threads: usize) -> Result<()> {
        let task = &mut self.tasks[place];
        let (asked, state) = &mut task.steps[step];
        *state = StepState::Running;
        let mut command = Command::new(&self.program);
        command.args(asked.words(&task.task, self.selection, Some(threads))).args(Workers::FLAGS);
        let run = task.first + step;
        self.workers.start(run, command).with_context(|| format!("cannot start a process for {}", asked.name))?;
        self.threads.insert(run, threads);
        self.progress.start(run, &asked.name, asked.seconds);
        Ok(())
    }

    /// Moves the bar, or takes in how a process ended.
    fn hear(&mut self, news: News) {
        match news {
            News::Epoch { run, epoch, epochs } => self.progress.epoch(run, epoch, epochs),
            News::Fold { run, done, models } => self.progress.fold(run, done, models),
            News::Ended { run, code, said, cannot_go_on } => {
                self.threads.remove(&run);
                self.progress.finish(run);
                let Some(place) = self.tasks.iter().rposition(|task| task.first <= run) else { return };
                let step = run - self.tasks[place].first;
                self.ended(place, step, code, &said, cannot_go_on);
            }
        }
    }

    fn ended(&mut self, place: usize, step: usize, code: Option<i32>, said: &str, cannot_go_on: bool) {
        let task = &mut self.tasks[place];
        let (asked, state) = &mut task.steps[step];
        let reason = match asked.left(&task.task) {
            Ok(Some(_)) => {
                *state = StepState::Done;
                return;
            }
            _ if self.stop.is_raised() => return,
            Err(error) => error.to_string(),
            Ok(None) if !said.is_empty() => said.strip_prefix("error: ").unwrap_or(said).to_string(),
            Ok(None) => {
                code.map_or("its process was killed".to_string(), |code| format!("its process ended with {code}"))
            }
        };
        // Once: what stays after that is not the folder's.
        if cannot_go_on && self.cleared.insert(asked.folder.clone()) {
            let notice = format!("{} is run anew, as what was there could not be gone on with: {reason}", asked.name);
            *state = StepState::Waiting;
            let cleared = RunFolder::clear(&asked.folder);
            self.progress.show(|| warn(&notice));
            if let Err(error) = cleared {
                self.end(place, TaskResult::Broken(error.to_string()));
            }
            return;
        }
        *state = StepState::GivenUp;
        let name = asked.name.strip_prefix(task.task.name()).unwrap_or(&asked.name).trim_start().to_string();
        let prefix = if name.is_empty() { String::new() } else { format!("{name}: ") };
        self.end(place, TaskResult::Broken(format!("{prefix}{reason}")));
    }

    /// Gives a task up: its steps that wait never start.
    fn end(&mut self, place: usize, result: TaskResult) {
        let task = &mut self.tasks[place];
        let waiting = task.steps.iter().filter(|(_, state)| *state == StepState::Waiting);
        self.progress.skip(waiting.map(|(step, _)| step.seconds).sum());
        let waiting = task.steps.iter_mut().filter(|(_, state)| *state == StepState::Waiting);
        waiting.for_each(|(_, state)| *state = StepState::GivenUp);
        task.ended.get_or_insert(result);
    }

    /// Sees once that the recipe's data set is at hand.
    fn data_of(&mut self, recipe: &Recipe) -> Result<Result<(), String>> {
        let data = zoo_data(recipe);
        if let Some((_, known)) = self.data.iter().find(|(known, _)| *known == data) {
            return Ok(known.clone());
        }
        let Selection { data_dir, offline, .. } = self.selection;
        let store = Store::new(data_dir.clone(), *offline, Progress::Hidden)?;
        let fetched = data.facts().fetch.map(|fetch| ending_on(self.stop, || fetch(&store)));
        let found = fetched.transpose().map(drop).map_err(|error| error.to_string());
        self.data.push((data, found.clone()));
        Ok(found)
    }

    /// What came of a task that is over.
    fn result(&mut self, place: usize) -> Result<TaskResult> {
        let TaskSteps { task, steps, ended, .. } = &mut self.tasks[place];
        if let Some(ended) = ended.take() {
            return Ok(ended);
        }
        let (name, mut runs, mut folds) = (task.name().to_string(), Vec::new(), None);
        for (step, _) in steps.iter() {
            match step.left(task)?.with_context(|| format!("what {} left has gone", step.name))? {
                Left::Outcome(outcome) => return Ok(TaskResult::Outcome(outcome)),
                // The record is held against the claim as it stands.
                Left::Ended(Ended::Finished(report)) => runs.push(Report { expected: None, ..*report }),
                // The last one is of all repeats.
                Left::Ended(Ended::CrossValidated(report)) => folds = Some(FoldsReport { expected: None, ..*report }),
                Left::Ended(Ended::Interrupted) => {}
            }
        }
        let RunTask::Recipe(recipe) = task else { unreachable!("an experiment leaves an outcome") };
        let here = || cpu_name().unwrap_or_else(|| "unknown".to_string());
        let cpu = runs.first().and_then(|run| run.cpu.clone()).unwrap_or_else(here);
        let record = Record { schema: RECORD_SCHEMA, recipe: name, cpu, runs, folds };
        let measured = MeasuredRecipe::new(recipe, record, self.selection.tests());
        Ok(TaskResult::Record(Box::new(measured.context("a recipe has at least one seed")?)))
    }
}

impl TaskSteps {
    /// The next step that may start.
    fn next(&self) -> Option<usize> {
        let is_done = |(_, state): &(RunStep, StepState)| *state == StepState::Done;
        let may_start = |place: usize| {
            let (step, state) = &self.steps[place];
            *state == StepState::Waiting && (!step.comes_last() || self.steps[..place].iter().all(is_done))
        };
        (0..self.steps.len()).find(|place| may_start(*place)).filter(|_| self.ended.is_none())
    }

    /// Whether there is nothing left to do for it.
    fn is_over(&self) -> bool {
        self.steps.iter().all(|(_, state)| *state == StepState::Done)
            || self.ended.is_some() && self.steps.iter().all(|(_, state)| *state != StepState::Running)
    }
}
