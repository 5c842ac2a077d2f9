//! `cargo xtask mutants`: each lesson with a wrong formula, a wrong datum and a wrong bound, one at a time, in a copy of the workspace. Its
//! quick run has to notice: a check that cannot fail checks nothing. Mistakes of several lessons are compiled together where each stands
//! in a file of its lesson alone.

mod copy;
mod list;
mod trial;

use anyhow::{Context, Result, bail};
use clap::Args;
use std::collections::BTreeSet;
use std::io::{Write, stderr, stdout};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::FAILED;
use crate::workspace::root;
use list::Mutant;
use trial::{Laboratory, MutantVerdict};

/// A mutant survived.
const SURVIVED: u8 = 1;

#[derive(Debug, Args)]
pub(crate) struct MutantsOptions {
    /// The lessons whose mutants are tried [default: all]
    #[arg(value_name = "LESSON")]
    lessons: Vec<String>,
    /// Try only so many of them
    #[arg(long, value_name = "N")]
    sample: Option<NonZeroUsize>,
    /// What decides which [default: the last commit]
    #[arg(long, value_name = "S", requires = "sample")]
    seed: Option<u64>,
    /// A target folder in which `cargo test --workspace` has compiled these very files: nothing but the lessons is compiled again, and
    /// last of all without a mistake [default: a folder below target/mutants]
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
}

/// Tries mutants; the exit code.
pub(crate) fn mutants(options: &MutantsOptions) -> Result<ExitCode> {
    let root = root();
    let mutants = chosen(list::read(&root)?, options, &root)?;
    let laboratory = Laboratory::new(&root, options.target_dir.as_deref())?;
    progress("the lessons as they are: building")?;
    laboratory.build_unchanged()?;
    let lessons: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.lesson.as_str()).collect();
    for (place, lesson) in lessons.iter().enumerate() {
        progress(&format!("{} of {} lessons as they are: {lesson}", place + 1, lessons.len()))?;
        laboratory.check_unchanged(lesson, mutants.iter().filter(|mutant| mutant.lesson == *lesson))?;
    }
    let rounds = rounds(&mutants);
    let mut verdicts = Vec::with_capacity(mutants.len());
    for (place, round) in rounds.iter().enumerate() {
        let names: Vec<String> = round.iter().map(ToString::to_string).collect();
        progress(&format!("{} of {} builds: {}", place + 1, rounds.len(), names.join(", ")))?;
        for (name, verdict) in names.iter().zip(laboratory.try_out(round)?) {
            say(&format!("{name}: {verdict}"))?;
            verdicts.push(verdict);
        }
    }
    if options.target_dir.is_some() {
        progress("the lessons as they are, for those who use the target folder next: building")?;
        laboratory.build_unchanged()?;
    }
    let count = |wanted: fn(&MutantVerdict) -> bool| verdicts.iter().filter(|verdict| wanted(verdict)).count();
    let survived = count(|verdict| matches!(verdict, MutantVerdict::Survived(_)));
    let broken = count(|verdict| matches!(verdict, MutantVerdict::DoesNotCompile(_)));
    let caught = verdicts.len() - survived - broken;
    say(&format!("{} mutants: {caught} caught, {survived} survived, {broken} do not compile", verdicts.len()))?;
    Ok(match (survived, broken) {
        (0, 0) => ExitCode::SUCCESS,
        (_, 0) => ExitCode::from(SURVIVED),
        _ => ExitCode::from(FAILED),
    })
}

/// Those of the lessons that are named, or a sample of them.
fn chosen(mut mutants: Vec<Mutant>, options: &MutantsOptions, root: &Path) -> Result<Vec<Mutant>> {
    let known: BTreeSet<String> = mutants.iter().map(|mutant| mutant.lesson.clone()).collect();
    if let Some(wrong) = options.lessons.iter().find(|lesson| !known.contains(*lesson)) {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        bail!("there is no lesson `{wrong}`; known are {}", known.join(", "));
    }
    mutants.retain(|mutant| options.lessons.is_empty() || options.lessons.contains(&mutant.lesson));
    let Some(count) = options.sample else { return Ok(mutants) };
    let seed = options.seed.map_or_else(|| last_commit(root), Ok)?;
    Ok(sample(mutants, count.get(), seed))
}

/// What is compiled together: at most one mutant of a lesson, and one by itself that other lessons may notice.
fn rounds(mutants: &[Mutant]) -> Vec<Vec<&Mutant>> {
    let mut rounds: Vec<Vec<&Mutant>> = Vec::new();
    let (own, shared): (Vec<&Mutant>, Vec<&Mutant>) = mutants.iter().partition(|mutant| mutant.is_in_its_lesson());
    for mutant in own {
        match rounds.iter_mut().find(|round| round.iter().all(|other| other.lesson != mutant.lesson)) {
            Some(round) => round.push(mutant),
            None => rounds.push(vec![mutant]),
        }
    }
    rounds.extend(shared.into_iter().map(|mutant| vec![mutant]));
    rounds
}

/// So many, in their order: another seed draws others.
fn sample<T>(all: Vec<T>, count: usize, seed: u64) -> Vec<T> {
    let mut places: Vec<usize> = (0..all.len()).collect();
    places.sort_by_key(|place| mixed(seed.wrapping_add(*place as u64)));
    places.truncate(count);
    all.into_iter().enumerate().filter(|(place, _)| places.contains(place)).map(|(_, one)| one).collect()
}

/// The number that SplitMix64 gives for a state (Steele, Lea and Flood 2014).
fn mixed(state: u64) -> u64 {
    let mut z = state.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The first digits of its hash, as a number.
fn last_commit(root: &Path) -> Result<u64> {
    let output = Command::new("git").arg("-C").arg(root).args(["rev-parse", "HEAD"]).output();
    let hash =
        output.ok().filter(|output| output.status.success()).and_then(|output| String::from_utf8(output.stdout).ok());
    let number = hash.and_then(|hash| u64::from_str_radix(hash.get(..16)?, 16).ok());
    number.context("git does not tell the last commit, from which the sample follows; give a number with --seed")
}

fn say(line: &str) -> Result<()> {
    writeln!(stdout(), "{line}").context("cannot write to standard output")
}

fn progress(line: &str) -> Result<()> {
    writeln!(stderr(), "{line}").context("cannot write to standard error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_round_has_two_mutants_that_one_lesson_may_notice() {
        let of = |lesson: &str, file: &str| Mutant::made_up(lesson, file, "The sum");
        let mutants =
            [of("a", "mod.rs"), of("a", "sum.rs"), of("b", "../../shared.rs"), of("b", "mod.rs"), of("c", "mod.rs")];
        let lessons = |round: &Vec<&Mutant>| round.iter().map(|mutant| mutant.lesson.clone()).collect::<String>();
        assert_eq!(rounds(&mutants).iter().map(lessons).collect::<Vec<_>>(), ["abc", "a", "b"]);
        assert!(!rounds(&mutants)[2][0].is_in_its_lesson());
    }

    #[test]
    fn a_sample_follows_from_its_seed_and_every_mutant_is_drawn_by_some() {
        let drawn = |seed: u64| sample((0..39).collect::<Vec<_>>(), 2, seed);
        assert_eq!(drawn(7), drawn(7));
        assert!((0..100).all(|seed| drawn(seed).len() == 2));
        let all: BTreeSet<i32> = (0..1000).flat_map(drawn).collect();
        assert_eq!(all.len(), 39);
        assert_eq!(sample(vec!['a', 'b'], 5, 1), ['a', 'b']);
    }
}
