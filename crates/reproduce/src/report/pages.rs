//! What the report has a section of.

use crate::catalog::RecipeEntry;
use crate::notes::{Exhibit, Standing};
use crate::outcomes::RecordedOutcome;
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
}

impl ExperimentPage {
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
    let recipes = models.iter().map(|model| Exhibit::recipe(&model.entry, model.record.as_ref()));
    let looked = models.iter().map(|ModelPage { entry, record, inspection, .. }| {
        // Nothing is missing: there are test images, or the data has none.
        let is_whole = inspection.as_ref().is_some_and(|seen| seen.images.is_some() || seen.reason.is_none());
        Exhibit::looking(entry, record.as_ref(), is_whole)
    });
    recipes.chain(experiments.iter().map(ExperimentPage::exhibit)).chain(looked).collect()
}

/// How a standing is colored: the name of a class.
pub(crate) fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Holds => "holds",
        Standing::Fails => "fails",
        Standing::InPart | Standing::NotRun => "open",
    }
}
