//! `cargo xtask reproduce`: every experiment, and every recipe over its seeds, held against what they expect.

mod card;
mod examine;
mod options;
mod place;
mod progress;
mod record;
mod runs;
mod table;
mod trainer;

use crate::output::{answer, say};
use crate::recipes::Shipped;
use crate::report::Made;
use crate::sources::{self, Shown};
use anyhow::Result;
use examine::Examined;
use options::Asked;
use place::Place;
use runs::{Runs, Stopped};
use std::path::Path;
use std::process::ExitCode;
use trainer::{INTERRUPTED, Trainer};
use zoo_results::{Record, Summary, Verdict};

pub(crate) use options::Options;
pub(crate) use record::{RESULTS, out_of_date, read as recorded, weights_file};

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

/// Everything that was run so far.
#[derive(Default)]
struct Done {
    experiments: Vec<(String, Examined)>,
    recipes: Vec<(Shipped, Found)>,
}

/// Runs what is asked for and says what came of it.
///
/// # Errors
/// If an option is of no use, a program cannot be built, or files cannot be written.
pub(crate) fn reproduce(options: &Options) -> Result<ExitCode> {
    let asked = options.asked()?;
    let programs = options.build(!asked.experiments.is_empty())?;
    let place = Place::open(options.runs.as_deref(), &options.device)?;
    let trainer = Trainer::new(place.keep(&programs.trainer)?, options)?;
    let recipes: f64 = asked.recipes.iter().map(|shipped| table::estimate(shipped, options.seeds(shipped).len())).sum();
    let experiments: f64 = asked.experiments.iter().map(|name| examine::estimate(name)).sum();
    let mut runs = Runs::new(&trainer, &place, recipes + experiments);
    let mut done = Done::default();
    let mut ended = Ok(true);
    if let Some(program) = &programs.experiments {
        ended = examine_all(&mut runs, options, &asked, &place.keep(program)?, &mut done)?;
    }
    if let Ok(true) = ended {
        ended = run_all(&mut runs, options, &asked, &mut done)?;
    }
    runs.progress.end();
    if let Err(Stopped) = ended {
        return Ok(tell_stopped(&done, &asked));
    }
    let shown = keep(options, &place, &trainer, &done)?;
    if asked.is_all {
        answer(&format!("\n{}\n", sources::text(&shown)));
        if options.quick {
            answer("--quick: the experiments' samples were smaller and their tolerances wider than in a full run");
        }
    }
    Ok(ExitCode::from(conclude(&asked, &done)))
}

/// Runs the experiments; whether to go on.
fn examine_all(
    runs: &mut Runs<'_>,
    options: &Options,
    asked: &Asked,
    program: &Path,
    done: &mut Done,
) -> Result<Result<bool, Stopped>> {
    answer(&examine::header());
    for name in &asked.experiments {
        let folder = runs.place.experiments(options.quick);
        let examined = match runs.experiment(program, name, &folder, options.quick)? {
            Ok(examined) => examined,
            Err(Stopped) => return Ok(Err(Stopped)),
        };
        runs.progress.show(|| answer(&examine::row(name, &examined)));
        let goes_on = options.keep_going || !examined.is_failure();
        done.experiments.push((name.clone(), examined));
        if !goes_on {
            return Ok(Ok(false));
        }
    }
    Ok(Ok(true))
}

/// Runs the recipes; whether to go on.
fn run_all(runs: &mut Runs<'_>, options: &Options, asked: &Asked, done: &mut Done) -> Result<Result<bool, Stopped>> {
    if !asked.recipes.is_empty() {
        runs.progress.show(|| answer(&table::header()));
    }
    for shipped in &asked.recipes {
        let found = match runs.recipe(shipped, options.seeds(shipped))? {
            Ok(found) => found,
            Err(Stopped) => return Ok(Err(Stopped)),
        };
        runs.progress.show(|| answer(&table::row(shipped, &found)));
        let goes_on = options.keep_going || !found.is_failure();
        done.recipes.push((shipped.clone(), found));
        if !goes_on {
            return Ok(Ok(false));
        }
    }
    Ok(Ok(true))
}

/// Writes records and report, and with `--record` the repository's results; gives what each section came to.
fn keep(options: &Options, place: &Place, trainer: &Trainer, done: &Done) -> Result<Vec<Shown>> {
    let made = Made {
        results: record::keep(place, &done.recipes)?,
        experiments: place.experiments(options.quick),
        runs: place.path().to_path_buf(),
    };
    let out = place.path().join("report");
    let shown = crate::report::of_runs(&made, &out, trainer.program(), options.data_dir.as_deref())?;
    if options.record {
        record::publish(place, &done.recipes)?;
        for (name, examined) in &done.experiments {
            if examined.is_failure() {
                say(&format!("{name}: not recorded, as it does not hold"));
                continue;
            }
            crate::experiments::publish(&made.experiments, name)?;
            answer(&format!("{name}: recorded"));
        }
        crate::readme::write()?;
    }
    Ok(shown)
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

fn tell_stopped(done: &Done, asked: &Asked) -> ExitCode {
    say(&format!(
        "stopped after {} of {} experiments and {} of {} recipes; the same command goes on from here",
        done.experiments.len(),
        asked.experiments.len(),
        done.recipes.len(),
        asked.recipes.len()
    ));
    ExitCode::from(INTERRUPTED)
}

/// How many of several things hold, failed, went wrong and were not run.
#[derive(Default)]
struct Tally {
    of: usize,
    holds: usize,
    above: usize,
    fails: usize,
    broken: usize,
    not_run: usize,
}

/// The last lines: what holds, what does not, what was not run and what would help.
fn conclude(asked: &Asked, done: &Done) -> u8 {
    let (experiments, recipes) = (tally_experiments(asked, done), tally_recipes(asked, done));
    let left = asked.experiments.len() + asked.recipes.len() - done.experiments.len() - done.recipes.len();
    if left > 0 {
        say(&format!("{left} were not begun after that; --keep-going goes on"));
    }
    if done.recipes.iter().any(|(_, found)| matches!(found, Found::Missing(_))) {
        say("data that is missing is downloaded without --offline, or found by --data-dir DIR");
    }
    if experiments.of > 0 {
        let Tally { of, holds, fails, broken, not_run, .. } = experiments;
        answer(&format!("{holds} of {of} experiments hold, {fails} fail, {broken} went wrong, {not_run} not run"));
    }
    if recipes.of > 0 {
        let Tally { of, holds, above, fails, broken, not_run } = recipes;
        answer(&format!(
            "{holds} of {of} recipes hold, {above} above their band, {fails} fail, {broken} went wrong, {not_run} not run"
        ));
    }
    exit_code(
        experiments.fails + recipes.fails,
        experiments.broken + recipes.broken,
        experiments.not_run + recipes.not_run,
    )
}

fn tally_experiments(asked: &Asked, done: &Done) -> Tally {
    let of = asked.experiments.len();
    let mut tally = Tally { of, not_run: of - done.experiments.len(), ..Tally::default() };
    for (name, examined) in &done.experiments {
        match examined {
            Examined::Done(outcome) if outcome.holds() => tally.holds += 1,
            Examined::Done(_) => tally.fails += 1,
            Examined::Broken(reason) => {
                tally.broken += 1;
                say(&format!("error: {name}: {reason}"));
            }
        }
    }
    tally
}

fn tally_recipes(asked: &Asked, done: &Done) -> Tally {
    let of = asked.recipes.len();
    let mut tally = Tally { of, not_run: of - done.recipes.len(), ..Tally::default() };
    for (shipped, found) in &done.recipes {
        let name = &shipped.recipe.name;
        match found {
            Found::Measured { summary, .. } => match summary.verdict {
                Verdict::Holds => tally.holds += 1,
                Verdict::AboveBand => {
                    tally.holds += 1;
                    tally.above += 1;
                }
                Verdict::Fails => tally.fails += 1,
            },
            Found::Missing(reason) => {
                tally.not_run += 1;
                say(&format!("incomplete: {name}: {reason}"));
            }
            Found::Broken(reason) => {
                tally.broken += 1;
                say(&format!("error: {name}: {reason}"));
            }
        }
    }
    tally
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
