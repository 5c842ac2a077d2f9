//! What is run, and what comes of it.

use crate::catalog::RecipeEntry;
use crate::outcomes;
use crate::replication;
use crate::workspace::Workspace;
use experiments::Experiment;
use zoo_recipe::Measured;
use zoo_results::outcome::Outcome;
use zoo_results::{Record, Replication, Summary};

/// What an experiment of which nothing was recorded is taken to last, in seconds.
const UNKNOWN: f64 = 20.0;

/// An experiment, or a recipe with the seeds it is run by.
#[derive(Clone)]
pub(crate) enum RunTask {
    Experiment(&'static Experiment),
    Recipe(Box<RecipeTask>),
}

/// A recipe, the seeds it is run by, and what was recorded of it.
#[derive(Clone)]
pub(crate) struct RecipeTask {
    pub(crate) entry: RecipeEntry,
    pub(crate) seeds: Vec<u64>,
    pub(crate) record: Option<Record>,
}

/// What came of a task.
pub(crate) enum TaskResult {
    Outcome(Box<Outcome>),
    Record(Box<MeasuredRecipe>),
    /// Its data is not here, for this reason.
    MissingData(String),
    /// It went wrong.
    Broken(String),
}

/// What a recipe reached, held against what it claims and what was recorded of it.
pub(crate) struct MeasuredRecipe {
    pub(crate) record: Record,
    pub(crate) summary: Summary,
    /// Or why there is none.
    pub(crate) replication: Result<Replication, &'static str>,
}

impl RunTask {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Experiment(experiment) => experiment.name,
            Self::Recipe(task) => &task.entry.recipe.name,
        }
    }

    pub(crate) fn is_recipe(&self) -> bool {
        matches!(self, Self::Recipe(..))
    }

    /// How long it takes: by the recipe's own estimate, or as long as the experiment took when it was recorded.
    pub(crate) fn seconds(&self, workspace: &Workspace) -> f64 {
        match self {
            Self::Experiment(experiment) => {
                let recorded = outcomes::read(&workspace.outcomes(), experiment.name).ok().flatten();
                recorded.map_or(UNKNOWN, |recorded| recorded.outcome.seconds)
            }
            Self::Recipe(task) => {
                let RecipeTask { entry: RecipeEntry { recipe, .. }, seeds, .. } = &**task;
                let folds = match recipe.zoo_claim().measured {
                    Measured::Test => 0,
                    Measured::Folds { folds } => folds,
                };
                recipe.zoo_claim().seconds * (seeds.len() * (1 + folds)) as f64
            }
        }
    }
}

impl MeasuredRecipe {
    pub(crate) fn new(task: &RecipeTask, record: Record, tests: usize) -> Option<Self> {
        let recipe = &task.entry.recipe;
        let summary = record.summary(recipe)?;
        let recorded = task.record.as_ref().ok_or("nothing is recorded of it");
        let replication = recorded.and_then(|recorded| Replication::of(recipe, recorded, &record, tests));
        Some(Self { record, summary, replication })
    }

    /// Whether it reaches what is claimed, and is not unlike what was recorded.
    fn holds(&self) -> bool {
        replication::holds(&self.summary, self.replication.as_ref().ok())
    }
}

impl TaskResult {
    pub(crate) fn holds(&self) -> bool {
        match self {
            Self::Outcome(outcome) => outcome.holds(),
            Self::Record(measured) => measured.holds(),
            Self::MissingData(_) | Self::Broken(_) => false,
        }
    }

    pub(crate) fn is_measured(&self) -> bool {
        matches!(self, Self::Outcome(_) | Self::Record(..))
    }

    /// Whether it is worse than not run.
    pub(crate) fn is_failure(&self) -> bool {
        !self.holds() && !matches!(self, Self::MissingData(_))
    }
}
