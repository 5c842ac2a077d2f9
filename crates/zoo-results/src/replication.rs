//! Whether runs by fresh seeds are of the distribution that a record was drawn from.

use std::mem::take;

use zoo_core::Metric;
use zoo_recipe::Recipe;

use crate::{EpochScores, MeanDifference, Record, Report, Spread};

/// The probability of even one false alarm among all tests of a reproduction.
pub const LEVEL: f64 = 0.05;

/// Runs by fresh seeds beside the record of the same recipe.
///
/// Two tests, each at a share of [`LEVEL`]: whether the claim's score comes from one distribution, two-sided, and whether the fresh runs
/// learn more slowly, one-sided. A hand-set band may be wide; what was recorded says how wide the scores really spread.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// The claim's score by the record's seeds: a run's, or the mean over the folds of one cut.
    pub recorded: Spread,
    /// The same by the fresh seeds.
    pub fresh: Spread,
    /// Fresh less recorded. Both have one spread if both are of one distribution, so one fresh run is enough. `None` where nothing varies.
    pub difference: Option<MeanDifference>,
    /// The same difference by Welch, who supposes nothing of the spreads: for its interval. `None` of a single fresh run.
    pub welch: Option<MeanDifference>,
    /// How fast they learned.
    pub convergence: Convergence,
    /// What a p-value has to be below.
    pub level: f64,
}

/// How many epochs runs took to the best validation score that every one of both sides reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convergence {
    /// Accuracy where the claim is about it, else loss: what the curves have.
    pub metric: Metric,
    /// That score.
    pub mark: f64,
    /// Epochs of the record's runs.
    pub recorded: Spread,
    /// Of the fresh ones.
    pub fresh: Spread,
    /// The probability that so many runs, drawn from all of both, take as many epochs or more: an exact permutation test.
    pub p: f64,
}

impl Replication {
    /// Of a record and of runs by other seeds, in a reproduction with so many tests.
    ///
    /// # Errors
    /// Why the two cannot be held against each other, as the rest of a sentence.
    pub fn of(recipe: &Recipe, record: &Record, fresh: &Record, tests: usize) -> Result<Replication, &'static str> {
        let claim = recipe.claim.as_ref().ok_or("it claims nothing")?;
        let [of_record, of_fresh] = [record, fresh].map(|record| scores_by_seed(record, claim.metric));
        let [Some(recorded), Some(spread)] = [&of_record, &of_fresh].map(|scores| Spread::of(scores)) else {
            return Err("there are no scores");
        };
        let data = |record: &Record| record.runs.first().map(|run| (run.data.name.clone(), run.data.provenance));
        match () {
            () if !record.is_of(recipe) => return Err("it was recorded by another recipe or other seeds"),
            () if recorded.count < 2 => return Err("a single run was recorded"),
            () if fresh.runs.iter().any(|run| recipe.training.seeds.contains(&run.seed)) => {
                return Err("these are seeds of the record");
            }
            () if data(record) != data(fresh) => return Err("it was recorded on other files"),
            () => {}
        }
        Ok(Replication {
            recorded,
            fresh: spread,
            difference: MeanDifference::pooled(&of_record, &of_fresh),
            welch: MeanDifference::welch(&of_record, &of_fresh, [Default::default(); 2]),
            convergence: Convergence::of(claim.metric, &record.runs, &fresh.runs).ok_or("there are no curves")?,
            level: LEVEL / tests.max(1) as f64,
        })
    }

    /// Whether the scores are hardly of one distribution.
    pub fn differs(&self) -> bool {
        match &self.difference {
            Some(difference) => difference.p < self.level,
            // All are equal, or every fresh one lies where no recorded one does.
            None => (self.fresh.mean - self.recorded.mean).abs() > 1e-9 * self.recorded.mean.abs(),
        }
    }

    /// Whether the fresh runs hardly learn as fast.
    pub fn is_slower(&self) -> bool {
        self.convergence.p < self.level
    }
}

impl Convergence {
    fn of(claimed: Metric, recorded: &[Report], fresh: &[Report]) -> Option<Convergence> {
        let metric = if claimed == Metric::Accuracy { Metric::Accuracy } else { Metric::Loss };
        let score = |row: &EpochScores| match metric {
            Metric::Accuracy => row.valid_accuracy,
            _ => -row.valid_loss,
        };
        let best = |run: &Report| run.curves.iter().map(score).reduce(f64::max);
        // Of all, so that under the null hypothesis the fresh ones are drawn from them.
        let mark = recorded.iter().chain(fresh).map(best).reduce(|one, other| Some(one?.min(other?)))??;
        let reached = |run: &Report| Some(run.curves.iter().find(|row| score(row) >= mark)?.epoch);
        let [recorded, fresh] = [recorded, fresh].map(|runs| runs.iter().map(reached).collect::<Option<Vec<usize>>>());
        let (recorded, fresh) = (recorded?, fresh?);
        let spread = |epochs: &[usize]| Spread::of(&epochs.iter().map(|epoch| *epoch as f64).collect::<Vec<_>>());
        let p = later_p(&recorded, &fresh);
        Some(Convergence { metric, mark: mark.abs(), recorded: spread(&recorded)?, fresh: spread(&fresh)?, p })
    }
}

/// A score of every seed, in the order of the seeds.
fn scores_by_seed(record: &Record, metric: Metric) -> Vec<f64> {
    let mean = |values: Vec<f64>| Spread::of(&values).map(|spread| spread.mean);
    match &record.folds {
        None => record.runs.iter().filter_map(|run| run.test.value(metric)).collect(),
        Some(folds) => {
            let of_seed = |seed: &u64| {
                let runs = folds.runs.iter().filter(|run| run.seed == *seed);
                mean(runs.filter_map(|run| run.test.value(metric)).collect())
            };
            folds.seeds.iter().filter_map(of_seed).collect()
        }
    }
}

/// The probability that as many values as there are fresh ones, drawn from all without putting any back, sum to at least the fresh ones' sum.
///
/// ```
/// // One draw of three has 5 and 6 in it.
/// assert!((zoo_results::later_p(&[1], &[5, 6]) - 1.0 / 3.0).abs() < 1e-12);
/// assert_eq!(zoo_results::later_p(&[2, 2], &[2]), 1.0);
/// ```
pub fn later_p(recorded: &[usize], fresh: &[usize]) -> f64 {
    let least = recorded.iter().chain(fresh).min().copied().unwrap_or_default();
    let above = |values: &[usize]| -> Vec<usize> { values.iter().map(|value| value - least).collect() };
    let (recorded, fresh) = (above(recorded), above(fresh));
    let all = [recorded.as_slice(), &fresh].concat();
    // That of the fewer says it as well, as all have one sum.
    let is_fresh = fresh.len() <= recorded.len();
    let few = if is_fresh { fresh } else { recorded };
    let found: usize = few.iter().sum();
    let most = few.len() * all.iter().max().copied().unwrap_or_default();
    // The chance that of those seen so far so many are drawn, and of their sum.
    let mut chances = vec![vec![0.0; most + 1]; few.len() + 1];
    chances[0][0] = 1.0;
    for (seen, value) in all.iter().enumerate() {
        for count in (0..=few.len().min(seen)).rev() {
            let drawn = (few.len() - count) as f64 / (all.len() - seen) as f64;
            for sum in (0..=most).rev() {
                let chance = take(&mut chances[count][sum]);
                if chance > 0.0 {
                    chances[count][sum] += chance * (1.0 - drawn);
                    if drawn > 0.0 {
                        chances[count + 1][sum + value] += chance * drawn;
                    }
                }
            }
        }
    }
    let sums = &chances[few.len()];
    let at_least: f64 = if is_fresh { sums[found..].iter().sum() } else { sums[..=found].iter().sum() };
    at_least.min(1.0)
}
