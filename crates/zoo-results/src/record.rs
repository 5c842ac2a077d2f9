//! The record of a reproduction: `results/<recipe>.json`, every seed's report and what follows from them. What is claimed of them stands in
//! the recipe alone, and may be stated anew when they have run.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::report::{check_classes, read_as};
use zoo_core::{Cost, Flush, Metric, Scores, write_atomically};
use zoo_recipe::{Measured, Recipe};

use crate::{FoldsReport, Report, ReportError, Spread, contradiction};

/// The version of the form of [`Record`].
pub const RECORD_SCHEMA: u32 = 1;

/// What a recipe reached over its seeds: the reports as the runs wrote them, without what was expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`RECORD_SCHEMA`].
    pub schema: u32,
    /// The recipe's name.
    pub recipe: String,
    /// The processor: `AMD EPYC`; of runs that name none of their own.
    pub cpu: String,
    /// One report per seed, in the recipe's order. The first seed's weights are the ones that ship.
    pub runs: Vec<Report>,
    /// Where the recipe's claim is about cross-validation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folds: Option<FoldsReport>,
}

/// A record held against the recipe's claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The claim's metric, over seeds, or over all folds.
    pub measured: Spread,
    /// The claim's floors: metric, the least it may be, its mean.
    pub floors: Vec<(Metric, f64, f64)>,
    /// What follows.
    pub verdict: Verdict,
}

/// Whether a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The mean lies in the recipe's band and reaches every floor.
    Holds,
    /// The mean is better than the band: too good is usually a leak.
    AboveBand,
    /// The mean is worse than the band, or below a floor.
    Fails,
}

impl Record {
    /// The record in the file `path`.
    ///
    /// # Errors
    ///
    /// As [`Report::read`].
    pub fn read(path: &Path) -> Result<Record, ReportError> {
        let record: Record = read_as(path, RECORD_SCHEMA)?;
        for run in &record.runs {
            check_classes(path, &run.class_names, &run.per_class, &run.confusion)?;
        }
        Ok(record)
    }

    /// Writes the record to `path`, whole or not at all: one line per run, so that a difference shows which changed.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ReportError> {
        Ok(write_atomically(path, self.to_text().as_bytes(), Flush::ToDisk)?)
    }

    fn to_text(&self) -> String {
        let json = |error| panic!("texts, numbers and lists are JSON: {error}");
        let of_run = |run: &Report| serde_json::to_string(run).unwrap_or_else(json);
        let runs: Vec<String> = self.runs.iter().map(of_run).collect();
        let mut text = format!(
            "{{\n\"schema\":{},\n\"recipe\":{:?},\n\"cpu\":{:?},\n\"runs\":[\n{}\n]",
            self.schema,
            self.recipe,
            self.cpu,
            runs.join(",\n")
        );
        if let Some(folds) = &self.folds {
            text += &format!(",\n\"folds\":{}", serde_json::to_string(folds).unwrap_or_else(json));
        }
        text + "\n}\n"
    }

    /// The kinds of machines that the runs came from, as processor with instruction set, and how many from each.
    pub fn machines(&self) -> BTreeMap<String, usize> {
        let mut kinds = BTreeMap::new();
        for run in &self.runs {
            let cpu = run.cpu.as_ref().unwrap_or(&self.cpu);
            let kind =
                run.instruction_set.as_ref().map_or(cpu.clone(), |instructions| format!("{cpu} ({instructions})"));
            *kinds.entry(kind).or_insert(0) += 1;
        }
        kinds
    }

    /// What each run cost, and the cross-validation.
    pub fn costs(&self) -> Vec<Cost> {
        self.runs.iter().map(|run| run.cost).chain(self.folds.iter().map(|folds| folds.cost)).collect()
    }

    /// The claim's scores: those of every seed's test split, or of every fold.
    pub fn scores(&self) -> Vec<&Scores> {
        match &self.folds {
            Some(folds) => folds.runs.iter().map(|run| &run.test).collect(),
            None => self.runs.iter().map(|run| &run.test).collect(),
        }
    }

    /// One metric over all of [`scores`](Self::scores).
    pub fn spread(&self, metric: Metric) -> Option<Spread> {
        let values: Vec<f64> = self.scores().iter().filter_map(|scores| scores.value(metric)).collect();
        Spread::of(&values)
    }

    /// Whether this is what `recipe` as it stands was measured by: same recipe, its seeds, nothing overridden.
    pub fn is_of(&self, recipe: &Recipe) -> bool {
        self.is_by(recipe) && self.runs.iter().map(|run| run.seed).eq(recipe.training.seeds.iter().copied())
    }

    /// The same by whatever seeds, at least one.
    pub fn is_by(&self, recipe: &Recipe) -> bool {
        let sha256 = recipe.sha256();
        let same = |found: &str, overrides: &[String]| found == sha256 && overrides.is_empty();
        let measured = recipe.claim.as_ref().map_or(Measured::Test, |claim| claim.measured);
        let folds = match (measured, &self.folds) {
            (Measured::Test, None) => true,
            (Measured::Folds { folds }, Some(found)) => {
                found.folds == folds
                    && found.seeds.iter().eq(self.runs.iter().map(|run| &run.seed))
                    && same(&found.recipe_sha256, &found.overrides)
            }
            _ => false,
        };
        folds && !self.runs.is_empty() && self.runs.iter().all(|run| same(&run.recipe_sha256, &run.overrides))
    }

    /// The first figure that contradicts the others beside it: a report is written as a whole, so somebody changed one.
    pub fn contradiction(&self) -> Option<String> {
        let of_run = |run: &Report| {
            let fault = contradiction::of_run(run, &self.recipe)?;
            Some(format!("{} seed {} {fault}", self.recipe, run.seed))
        };
        let of_folds = |folds: &FoldsReport| {
            Some(format!("the cross-validation of {} {}", self.recipe, contradiction::of_folds(folds, &self.recipe)?))
        };
        self.runs.iter().find_map(of_run).or_else(|| self.folds.as_ref().and_then(of_folds))
    }

    /// The record held against the claim of `recipe`; `None` when that has none or the record holds no score.
    pub fn summary(&self, recipe: &Recipe) -> Option<Summary> {
        let claim = recipe.claim.as_ref()?;
        let measured = self.spread(claim.metric)?;
        let mean = |metric| self.spread(metric).map_or(f64::NAN, |spread| spread.mean);
        let floors: Vec<_> = claim.floors.iter().map(|floor| (floor.metric, floor.least, mean(floor.metric))).collect();
        let reached = floors.iter().all(|(_, least, mean)| mean >= least);
        // A sum of decimal fractions may miss a bound by a rounding error.
        let difference = measured.mean - claim.expected;
        let better = claim.metric.larger_is_better(difference);
        let verdict = match () {
            () if !reached || better < -claim.tolerance - 1e-12 || better.is_nan() => Verdict::Fails,
            () if better > claim.tolerance + 1e-12 => Verdict::AboveBand,
            () => Verdict::Holds,
        };
        Some(Summary { measured, floors, verdict })
    }
}
