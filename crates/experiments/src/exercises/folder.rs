//! An exercise as a folder: written once, found again, and remembered when it is done.

use super::{EXERCISES, Exercise, HINTS, USUAL_FOLDER};
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file with the gaps.
pub(super) const LIB: &str = "src/lib.rs";
/// The file as it was when its tests passed: the exercise is done while the two are equal.
const PASSED: &str = "target/passed.rs";

/// How far a user is with an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    NotBegun,
    Begun,
    Done,
}

/// Writes the exercise into `folder`, which has to be new, or empty but for a repository's `.git`.
pub(super) fn write(exercise: &Exercise, folder: &Path) -> Result<()> {
    let files = files(exercise).map(|(name, text)| (folder.join(name), text));
    if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        bail!("{} is there already and is left as it is; name another folder, or remove it", path.display());
    }
    if fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name() != ".git")) {
        bail!("{} is not empty; name a new folder", folder.display());
    }
    crate::files::make(&folder.join("src"))?;
    for (path, text) in &files {
        let file = fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
        file.with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Every file of an exercise, by its path in the folder.
fn files(exercise: &Exercise) -> [(&'static str, String); 6] {
    [
        ("Cargo.toml", manifest(exercise)),
        ("README.md", readme(exercise)),
        (".gitignore", "/target\n".into()),
        ("hints.rs", HINTS.into()),
        (LIB, exercise.with_gaps()),
        ("src/tests.rs", exercise.tests.into()),
    ]
}

fn manifest(exercise: &Exercise) -> String {
    format!(
        "[package]\n{}\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[lib]\ndoctest = false\n\n[lints.rust]\n\
         unused = \"allow\" # While there are gaps.\n\n# Alone, also within another workspace.\n[workspace]\n",
        name_line(exercise)
    )
}

/// The line of its manifest by which an exercise is found again.
fn name_line(exercise: &Exercise) -> String {
    format!("name = \"{}\"", exercise.package())
}

fn readme(exercise: &Exercise) -> String {
    let (name, task) = (exercise.name, exercise.task);
    format!(
        "# {name}\n\nTo be written ({}): {task}.\n\n1. Read `{LIB}`: the mathematics first, then each `todo!()`.\n\
         2. Replace every `todo!()`. Nothing else has to change, and no other crate is needed.\n\
         3. `cargo test --offline` runs the tests in `src/tests.rs`; `experiments check` in this folder does the same and\n   \
         says which test failed and why.\n\n`experiments exercise {name} --answer` shows our answer.\n",
        exercise.sections()
    )
}

/// The exercises to check: the one in `folder`, or those in the folders below it, in the order of the notes.
pub(super) fn find(folder: Option<&Path>) -> Result<Vec<(&'static Exercise, PathBuf)>> {
    let here = Path::new("");
    if let Some(exercise) = exercise_in(folder.unwrap_or(here)) {
        return Ok(vec![(exercise, folder.unwrap_or(here).into())]);
    }
    let folder = folder.unwrap_or(Path::new(USUAL_FOLDER));
    let below = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<_> = below.filter_map(|path| exercise_in(&path).map(|exercise| (exercise, path))).collect();
    if found.is_empty() {
        bail!(
            "there is no exercise in {}: its Cargo.toml names none, nor does one in a folder below; `experiments exercise NAME` writes one",
            folder.display()
        );
    }
    let place = |exercise: &Exercise| EXERCISES.iter().position(|one| one.name == exercise.name);
    found.sort_by_key(|(exercise, path)| (place(exercise), path.clone()));
    Ok(found)
}

/// The exercise whose manifest is in `folder`.
fn exercise_in(folder: &Path) -> Option<&'static Exercise> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let names = |exercise: &&Exercise| manifest.lines().any(|line| line.trim() == name_line(exercise));
    EXERCISES.iter().find(names)
}

/// How far the user is with the exercise in its usual folder.
pub(super) fn progress(exercise: &Exercise) -> Progress {
    let folder = exercise.usual_folder();
    let read = |file: &str| fs::read(folder.join(file)).ok();
    match exercise_in(&folder) {
        Some(found) if found.name == exercise.name => match read(PASSED) {
            passed @ Some(_) if read(LIB) == passed => Progress::Done,
            _ => Progress::Begun,
        },
        _ => Progress::NotBegun,
    }
}

/// Remembers that the tests passed with `lib`.
pub(super) fn remember(folder: &Path, lib: &[u8]) -> Result<()> {
    let path = folder.join(PASSED);
    fs::write(&path, lib).with_context(|| format!("cannot write {}", path.display()))
}
