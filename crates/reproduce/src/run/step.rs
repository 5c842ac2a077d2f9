//! The runs that tasks are made of, each a process: a line of a plan, or started by a reproduction.

use super::options::Selection;
use super::store::RunStore;
use super::task::RunTask;
use crate::outcomes;
use std::path::PathBuf;
use trainer::TrainError;
use trainer::run::{Ended, finished};
use trainer::run_folder::Repeats;
use trainer::shell::flag_words;
use zoo_recipe::{Measured, Recipe};
use zoo_results::outcome::Outcome;

/// The seed of the experiments in a reproduction; their own program takes any other.
pub(crate) const EXPERIMENT_SEED: u64 = 1;

/// One process: a run by one seed, a repeat of a cross-validation, all repeats put together, or an experiment.
#[derive(Clone, Debug)]
pub(crate) struct RunStep {
    /// `softmax_digits seed 12`.
    pub(crate) name: String,
    /// About how long it takes on its own.
    pub(crate) seconds: f64,
    /// What it leaves, and what is finished there is not made again.
    pub(crate) folder: PathBuf,
    pub(crate) what: StepKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StepKind {
    Experiment {
        name: &'static str,
        quick: bool,
    },
    Seed(u64),
    Repeat(Repeats),
    /// From the folders of its repeats, which come first.
    AllRepeats(Repeats, Vec<PathBuf>),
}

/// What a finished step has left.
pub(crate) enum Left {
    Outcome(Box<Outcome>),
    Ended(Ended),
}

impl RunTask {
    /// Its steps in the order in which they start.
    pub(crate) fn steps(&self, selection: &Selection, store: &RunStore, seconds: f64) -> Vec<RunStep> {
        match self {
            Self::Experiment(experiment) => {
                let (name, quick) = (experiment.name, selection.quick);
                let folder = store.outcomes(quick).join(name);
                let what = StepKind::Experiment { name, quick };
                vec![RunStep { name: name.to_string(), seconds, folder, what }]
            }
            Self::Recipe(task) => of_recipe(&task.entry.recipe, &task.seeds, store),
        }
    }
}

fn of_recipe(recipe: &Recipe, seeds: &[u64], store: &RunStore) -> Vec<RunStep> {
    let (recipe_name, seconds) = (&recipe.name, recipe.zoo_claim().seconds);
    let of_seed = |seed: &u64| RunStep {
        name: format!("{recipe_name} seed {seed}"),
        seconds,
        folder: store.run(recipe_name, *seed, None),
        what: StepKind::Seed(*seed),
    };
    let mut steps: Vec<RunStep> = seeds.iter().map(of_seed).collect();
    let Measured::Folds { folds } = recipe.zoo_claim().measured else {
        return steps;
    };
    let all = Repeats { folds, seeds: seeds.to_vec() };
    let of_repeat = |seed: &u64| {
        let repeats = Repeats { folds, seeds: vec![*seed] };
        RunStep {
            name: format!("{recipe_name} in {folds} folds by seed {seed}"),
            seconds: seconds * folds as f64,
            folder: store.run(recipe_name, *seed, Some(&repeats)),
            what: StepKind::Repeat(repeats),
        }
    };
    let repeats: Vec<RunStep> = seeds.iter().map(of_repeat).collect();
    let from: Vec<PathBuf> = repeats.iter().map(|step| step.folder.clone()).collect();
    steps.extend(repeats);
    if seeds.len() > 1 {
        steps.push(RunStep {
            name: format!("{recipe_name} in {folds} folds"),
            seconds: 1.0,
            folder: store.run(recipe_name, seeds[0], Some(&all)),
            what: StepKind::AllRepeats(all, from),
        });
    }
    steps
}

impl RunStep {
    /// Whether it takes what the other steps of its task leave.
    pub(crate) fn comes_last(&self) -> bool {
        matches!(self.what, StepKind::AllRepeats(..))
    }

    /// Whether a plan has a line for it: experiments and what puts runs together are the reproduction's own.
    pub(crate) fn is_planned(&self) -> bool {
        matches!(self.what, StepKind::Seed(_) | StepKind::Repeat(_))
    }

    /// The words behind this program's name that make it.
    pub(crate) fn words(&self, task: &RunTask, selection: &Selection, threads: Option<usize>) -> Vec<String> {
        let mut words = Words::default();
        match &self.what {
            StepKind::Experiment { name, quick } => words.all(["experiment", name]).flag("--quick", *quick),
            StepKind::Seed(seed) => words.train(task).value("--seed", seed),
            StepKind::Repeat(repeats) => {
                words.train(task).value("--folds", repeats.folds).value("--seed", repeats.seeds[0])
            }
            StepKind::AllRepeats(all, from) => {
                words.train(task).value("--folds", all.folds).value("--seed", all.seeds[0]);
                words.value("--repeats", all.seeds.len());
                from.iter().fold(&mut words, |words, folder| words.value("--folds-from", folder.display()))
            }
        };
        if let Some(threads) = threads {
            words.value("--threads", threads);
        }
        words.value("--out", self.folder.display());
        if !matches!(self.what, StepKind::Experiment { .. }) {
            words.value("--device", selection.device).flag("--offline", selection.offline).flag("--continue", true);
            if let Some(folder) = &selection.data_dir {
                words.value("--data-dir", folder.display());
            }
        }
        words.0
    }

    /// What is there of it, if it is finished.
    ///
    /// # Errors
    /// If its report is another version's or cannot be read.
    pub(crate) fn left(&self, task: &RunTask) -> Result<Option<Left>, TrainError> {
        match (&self.what, task) {
            (StepKind::Experiment { name, quick }, _) => {
                let folder = self.folder.parent().unwrap_or(&self.folder);
                let found = outcomes::read(folder, name).ok().flatten().map(|found| found.outcome);
                let is_this =
                    |found: &Outcome| found.seeds == [EXPERIMENT_SEED] && found.quick == *quick && found.set.is_empty();
                let found = found.filter(is_this);
                Ok(found.map(|outcome| Left::Outcome(Box::new(outcome))))
            }
            (_, RunTask::Recipe(task)) => {
                Ok(finished(&self.folder)?.filter(|ended| self.is_of(ended, &task.entry.recipe)).map(Left::Ended))
            }
            (_, RunTask::Experiment(_)) => Ok(None),
        }
    }

    /// Whether a finished run is this one.
    fn is_of(&self, ended: &Ended, recipe: &Recipe) -> bool {
        let sha256 = recipe.sha256();
        match (&self.what, ended) {
            (StepKind::Seed(seed), Ended::Finished(report)) => report.seed == *seed && report.recipe_sha256 == sha256,
            (StepKind::Repeat(repeats) | StepKind::AllRepeats(repeats, _), Ended::CrossValidated(report)) => {
                report.folds == repeats.folds && report.seeds == repeats.seeds && report.recipe_sha256 == sha256
            }
            _ => false,
        }
    }
}

/// A command line in the making.
#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    fn all<const N: usize>(&mut self, words: [&str; N]) -> &mut Self {
        self.0.extend(words.map(String::from));
        self
    }

    fn train(&mut self, task: &RunTask) -> &mut Self {
        self.all(["train", "--model", task.name()])
    }

    fn value(&mut self, flag: &str, value: impl ToString) -> &mut Self {
        self.0.extend(flag_words(flag, &value.to_string()));
        self
    }

    fn flag(&mut self, flag: &str, is_set: bool) -> &mut Self {
        self.0.extend(is_set.then(|| flag.to_string()));
        self
    }
}
