//! What is run, and what comes of it.

use crate::catalog::RecipeEntry;
use crate::outcomes;
use crate::workspace::Workspace;
use experiments::Experiment;
use zoo_recipe::Measured;
use zoo_results::outcome::Outcome;
use zoo_results::{Record, Summary, Verdict};

/// What an experiment of which nothing was recorded is taken to last, in seconds.
const UNKNOWN: f64 = 20.0;

/// An experiment, or a recipe with the seeds it is run by.
#[derive(Clone)]
pub(crate) enum RunTask {
    Experiment(&'static Experiment),
    Recipe(Box<RecipeEntry>, Vec<u64>),
}

/// What came of a task.
pub(crate) enum TaskResult {
    Outcome(Box<Outcome>),
    Record(Box<Record>, Summary),
    /// Its data is not here, for this reason.
    MissingData(String),
    /// It went wrong.
    Broken(String),
}

impl RunTask {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Experiment(experiment) => experiment.name,
            Self::Recipe(entry, _) => &entry.recipe.name,
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
            Self::Recipe(entry, seeds) => {
                let recipe = &entry.recipe;
                let folds = match recipe.zoo_claim().measured {
                    Measured::Test => 0,
                    Measured::Folds { folds } => folds,
                };
                recipe.zoo_claim().seconds * (seeds.len() * (1 + folds)) as f64
            }
        }
    }
}

impl TaskResult {
    pub(crate) fn holds(&self) -> bool {
        match self {
            Self::Outcome(outcome) => outcome.holds(),
            Self::Record(_, summary) => summary.verdict != Verdict::Fails,
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
