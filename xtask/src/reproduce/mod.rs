//! `cargo xtask reproduce`: every recipe over its seeds, the means held against what the recipes expect.

mod card;
mod options;
mod place;
mod progress;
mod record;
mod runs;
mod table;
mod trainer;

use crate::output::{answer, say};
use crate::recipes::Shipped;
use anyhow::Result;
use place::Place;
use runs::{Runs, Stopped};
use std::process::ExitCode;
use trainer::{INTERRUPTED, Trainer};
use zoo_recipe::{Record, Summary, Verdict};

pub(crate) use options::Options;
pub(crate) use record::{RESULTS, read as recorded, weights_file};
pub(crate) use table::metric_name;

/// A claim does not hold.
const FAILS: u8 = 1;
/// Something went wrong.
const BROKEN: u8 = 2;
/// Something could not be run.
const INCOMPLETE: u8 = 3;

/// What came of a recipe.
enum Found {
    Measured {
        record: Box<Record>,
        summary: Summary,
    },
    /// Its data is not here, for this reason.
    Missing(String),
    /// A run went wrong.
    Broken(String),
}

/// Runs what is asked for and says what came of it.
///
/// # Errors
/// If an option is of no use, the trainer cannot be built, or files cannot be written.
pub(crate) fn reproduce(options: &Options) -> Result<ExitCode> {
    let recipes = options.recipes()?;
    let program = options.build()?;
    let place = Place::open(options.runs.as_deref(), &options.device)?;
    let trainer = Trainer::new(place.keep(&program)?, options)?;
    answer(&table::header());
    let estimate = recipes.iter().map(|shipped| table::estimate(shipped, options.seeds(shipped).len())).sum();
    let mut runs = Runs::new(&trainer, &place, estimate);
    let mut all = Vec::new();
    for shipped in &recipes {
        let found = match runs.recipe(shipped, options.seeds(shipped))? {
            Ok(found) => found,
            Err(Stopped) => return Ok(tell_stopped(&runs, all.len(), recipes.len())),
        };
        runs.progress.show(|| answer(&table::row(shipped, &found)));
        let goes_on = options.keep_going || !found.is_failure();
        all.push((shipped, found));
        if !goes_on {
            break;
        }
    }
    runs.progress.end();
    let results = record::keep(&place, &all)?;
    let out = place.path().join("report");
    crate::report::of_runs(&results, place.path(), &out, trainer.program(), options.data_dir.as_deref())?;
    if options.record {
        record::publish(&place, &all)?;
        crate::readme::write()?;
    }
    Ok(ExitCode::from(conclude(&recipes, &all)))
}

impl Found {
    fn is_failure(&self) -> bool {
        match self {
            Self::Measured { summary, .. } => summary.verdict == Verdict::Fails,
            Self::Missing(_) => false,
            Self::Broken(_) => true,
        }
    }
}

fn tell_stopped(runs: &Runs<'_>, done: usize, of: usize) -> ExitCode {
    runs.progress.end();
    say(&format!("stopped after {done} of {of} recipes; the same command goes on from here"));
    ExitCode::from(INTERRUPTED)
}

/// The last lines: what holds, what does not, what was not run and what would help.
fn conclude(recipes: &[Shipped], all: &[(&Shipped, Found)]) -> u8 {
    let verdicts = |verdict| {
        let has = |found: &Found| matches!(found, Found::Measured { summary, .. } if summary.verdict == verdict);
        all.iter().filter(|(_, found)| has(found)).count()
    };
    let [holds, above, fails] = [Verdict::Holds, Verdict::AboveBand, Verdict::Fails].map(verdicts);
    let mut broken = 0;
    let mut missing = 0;
    for (shipped, found) in all {
        let name = &shipped.recipe.name;
        match found {
            Found::Measured { .. } => {}
            Found::Missing(reason) => {
                missing += 1;
                say(&format!("incomplete: {name}: {reason}"));
            }
            Found::Broken(reason) => {
                broken += 1;
                say(&format!("error: {name}: {reason}"));
            }
        }
    }
    let left = recipes.len() - all.len();
    if left > 0 {
        say(&format!("{left} recipes were not begun after that; --keep-going goes on"));
    }
    if missing > 0 {
        say("data that is missing is downloaded without --offline, or found by --data-dir DIR");
    }
    answer(&format!(
        "{} of {} hold, {above} above their band, {fails} fail, {broken} went wrong, {} not run",
        holds + above,
        recipes.len(),
        missing + left
    ));
    exit_code(fails, broken, missing + left)
}

fn exit_code(fails: usize, broken: usize, not_run: usize) -> u8 {
    match (fails, broken, not_run) {
        (0, 0, 0) => 0,
        (0, 0, _) => INCOMPLETE,
        (0, _, _) => BROKEN,
        _ => FAILS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_claim_outweighs_what_went_wrong_and_that_what_is_missing() {
        assert_eq!(exit_code(0, 0, 0), 0);
        assert_eq!(exit_code(0, 0, 4), INCOMPLETE);
        assert_eq!(exit_code(0, 1, 4), BROKEN);
        assert_eq!(exit_code(2, 1, 4), FAILS);
    }
}
