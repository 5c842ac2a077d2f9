//! What the report has a page of.

use crate::catalog::RecipeEntry;
use crate::notes::Exhibit;
use crate::outcomes::{self, RecordedOutcome};
use crate::replication::unlike;
use experiments::{Experiment, Lesson};
use zoo_report::RunSet;
use zoo_results::{Inspection, Record, Replication};

/// A recipe with everything known about it.
#[derive(Clone, Debug)]
pub(crate) struct ModelPage {
    pub(crate) entry: RecipeEntry,
    pub(crate) record: Option<Record>,
    /// What fresh runs are held against.
    pub(crate) recorded: Option<Record>,
    pub(crate) inspection: Option<Inspection>,
}

/// An experiment with what it found.
#[derive(Clone, Debug)]
pub(crate) struct ExperimentPage {
    pub(crate) name: String,
    /// The sections of the notes that it shows.
    pub(crate) sources: Vec<String>,
    pub(crate) title: String,
    /// What the source says.
    pub(crate) says: String,
    pub(crate) lesson: &'static Lesson,
    pub(crate) recorded: Option<RecordedOutcome>,
}

impl ModelPage {
    pub(crate) fn name(&self) -> &str {
        &self.entry.recipe.name
    }

    /// The runs held against what was recorded, if there is both, among so many tests.
    pub(crate) fn replication(&self, tests: usize) -> Option<Result<Replication, &'static str>> {
        let (record, recorded) = (self.record.as_ref()?, self.recorded.as_ref()?);
        Some(Replication::of(&self.entry.recipe, recorded, record, tests))
    }

    /// How many tests of runs against records there are: two for each model that has both.
    pub(crate) fn tests(models: &[ModelPage]) -> usize {
        2 * models.iter().filter(|model| model.recorded.is_some() && model.record.is_some()).count()
    }
}

impl ExperimentPage {
    pub(crate) fn new(experiment: &Experiment, recorded: Option<RecordedOutcome>) -> Self {
        let outcome = recorded.as_ref().map(|recorded| &recorded.outcome);
        Self {
            name: experiment.name.to_string(),
            sources: outcomes::sources(experiment),
            title: outcome.map_or(experiment.title, |outcome| &outcome.title).to_string(),
            says: outcome.map_or(experiment.says, |outcome| &outcome.says).to_string(),
            lesson: experiment.lesson,
            recorded,
        }
    }

    pub(crate) fn exhibit(&self) -> Exhibit {
        Exhibit::experiment(&self.name, &self.sources, self.recorded.as_ref())
    }
}

/// What a record was measured by.
pub(crate) fn set_of(record: &Record) -> RunSet<'_> {
    RunSet { name: &record.recipe, runs: &record.runs, folds: record.folds.as_ref() }
}

/// Everything that shows a section of the notes.
pub(crate) fn exhibits(models: &[ModelPage], experiments: &[ExperimentPage]) -> Vec<Exhibit> {
    let tests = ModelPage::tests(models);
    let recipes = models.iter().map(|model| {
        let is_unlike = model.replication(tests).is_some_and(|one| one.is_ok_and(|one| unlike(&one).is_some()));
        Exhibit::recipe(&model.entry, model.record.as_ref()).held_against(is_unlike)
    });
    let looked = models.iter().map(|ModelPage { entry, record, inspection, .. }| {
        let is_whole = inspection.as_ref().is_some_and(|seen| !seen.is_without_data);
        Exhibit::looking(entry, record.as_ref(), is_whole)
    });
    recipes.chain(experiments.iter().map(ExperimentPage::exhibit)).chain(looked).collect()
}
