//! `experiments exercise` and `experiments check`.

use super::check::{Verdict, judge};
use super::folder::{LIB, Progress, find, progress, remember, write};
use super::results::{TestResult, last};
use super::{EXERCISES, Exercise};
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use trainer::places::place;

#[derive(Debug, Args)]
pub(crate) struct ExerciseArgs {
    /// The exercise; without it, a list of all
    name: Option<String>,
    /// The folder to write it into [default: exercises/NAME]
    #[arg(requires = "name", value_parser = place())]
    folder: Option<PathBuf>,
    /// Show the answer instead
    #[arg(long, requires = "name", conflicts_with = "folder")]
    answer: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// An exercise's folder, or a folder of several [default: the current folder if it is an exercise, else exercises]
    #[arg(value_parser = place())]
    folder: Option<PathBuf>,
}

/// Lists the exercises, writes one, or shows its answer; what to print.
pub(crate) fn exercise(arguments: &ExerciseArgs) -> Result<String> {
    let Some(name) = &arguments.name else { return Ok(list()) };
    let exercise = Exercise::named(name)?;
    if arguments.answer {
        return Ok(exercise.answer().trim_end().into());
    }
    let folder = arguments.folder.clone().unwrap_or_else(|| exercise.usual_folder());
    write(exercise, &folder)?;
    let (file, sections, folder) = (folder.join(LIB), exercise.sections(), folder.display());
    Ok(format!(
        "{name} ({sections}): {}\n  the gaps are in {}; then: experiments check {folder}",
        exercise.task,
        file.display()
    ))
}

fn list() -> String {
    let line = |exercise: &Exercise| {
        let progress = match progress(exercise) {
            Progress::NotBegun => "",
            Progress::Begun => "begun",
            Progress::Done => "done",
        };
        format!("{:<16}{:<9}{progress:<7}{}", exercise.name, exercise.sections(), exercise.task)
    };
    EXERCISES.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Checks an exercise, or each in a folder; whether all are done, and what to print.
pub(crate) fn check(arguments: &CheckArgs) -> Result<(bool, String)> {
    let mut texts = Vec::new();
    let mut all = true;
    for (exercise, folder) in find(arguments.folder.as_deref())? {
        let (done, text) = check_one(exercise, &folder)?;
        all &= done;
        texts.push(text);
    }
    Ok((all, texts.join("\n")))
}

fn check_one(exercise: &Exercise, folder: &Path) -> Result<(bool, String)> {
    const LIMIT: Duration = Duration::from_secs(20);
    let path = folder.join(LIB);
    let lib = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let verdict = judge(exercise, folder, LIMIT)?;
    let name = exercise.name;
    Ok(match verdict {
        Verdict::DoesNotCompile(errors) => {
            (false, format!("{name}: does not compile yet\n{}", indented(&errors, "  ")))
        }
        Verdict::DoesNotEnd(test) => {
            let seconds = LIMIT.as_secs();
            (false, format!("{name}: {} has not ended after {seconds} s; is there a loop without an end?", last(&test)))
        }
        Verdict::BrokeOff(test, said) => {
            (false, format!("{name}: the program ended in {}\n{}", last(&test), indented(&said, "  ")))
        }
        Verdict::Ran(results) if !results.iter().any(|result| result.name.starts_with("tests::")) => (
            false,
            format!("{name}: its tests were not run; {} has to end with `#[cfg(test)] mod tests;`", path.display()),
        ),
        Verdict::Ran(results) if results.iter().all(|result| result.failure.is_none()) => {
            remember(folder, &lib)?;
            (true, format!("{name}: all {} tests pass{}", results.len(), next(exercise)))
        }
        Verdict::Ran(results) => (false, failures(name, &results)),
    })
}

/// What to do after an exercise.
fn next(exercise: &Exercise) -> String {
    let behind = EXERCISES.iter().skip_while(|one| one.name != exercise.name).skip(1);
    let open = behind.copied().find(|one| progress(one) != Progress::Done);
    open.map(|one| format!("; next: experiments exercise {}", one.name)).unwrap_or_default()
}

fn failures(name: &str, results: &[TestResult]) -> String {
    let passed = results.iter().filter(|result| result.failure.is_none()).count();
    let mut text = format!("{name}: {passed} of {} tests pass", results.len());
    for result in results {
        let test = last(&result.name);
        text += &match &result.failure {
            None => format!("\n  ok       {test}"),
            Some(failure) => {
                format!("\n  not yet  {test} ({})\n{}", failure.place, indented(&failure.message, "           "))
            }
        };
    }
    text
}

fn indented(text: &str, by: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("{by}{line}") };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
