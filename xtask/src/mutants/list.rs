//! The mutants of every lesson, in its folder.

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use std::fmt;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Where the lessons are.
const LESSONS: &str = "crates/experiments/src/experiments";
/// In the folder of each.
const LIST: &str = "mutants.toml";

/// One mistake in a lesson.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    pub(super) lesson: String,
    /// What it makes wrong: `formula`.
    kind: &'static str,
    /// The file with the mistake, from the folder of the workspace.
    pub(super) file: PathBuf,
    mistake: Mistake,
}

/// A lesson's list: one of each kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LessonMutants {
    /// In what the lesson computes.
    formula: Mistake,
    /// In what it computes with.
    datum: Mistake,
    /// In what a claim is held against.
    bound: Mistake,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    /// From the folder of the lesson.
    file: PathBuf,
    /// What stands there once.
    from: String,
    /// What takes its place.
    to: String,
    /// A part of the sentence of a claim that has to fail.
    fails: String,
}

/// Those of every lesson, each of which fits the file that it changes.
///
/// # Errors
///
/// If there is no lesson, one has no list, or a list is wrong.
pub(super) fn read(root: &Path) -> Result<Vec<Mutant>> {
    let mut all = Vec::new();
    for lesson in lessons(root)? {
        all.extend(of_lesson(root, &lesson)?);
    }
    if all.is_empty() {
        bail!("no lesson is in {}", root.join(LESSONS).display());
    }
    Ok(all)
}

/// The names of their folders, sorted.
fn lessons(root: &Path) -> Result<Vec<String>> {
    let folder = root.join(LESSONS);
    let cannot_read = || format!("cannot read the folder {}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(cannot_read)? {
        let entry = entry.with_context(cannot_read)?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn of_lesson(root: &Path, lesson: &str) -> Result<[Mutant; 3]> {
    let folder = Path::new(LESSONS).join(lesson);
    let path = root.join(&folder).join(LIST);
    let text = fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}, in which the lesson's mutants are", path.display()))?;
    let of = parse(&text).with_context(|| format!("{} is wrong", path.display()))?;
    let mutants = [("formula", of.formula), ("datum", of.datum), ("bound", of.bound)].map(|(kind, mistake)| Mutant {
        lesson: lesson.to_string(),
        kind,
        file: folder.join(&mistake.file),
        mistake,
    });
    for mutant in &mutants {
        let file = root.join(&mutant.file);
        let about = || format!("{}, {}", path.display(), mutant.kind);
        let text = fs::read_to_string(&file).with_context(|| format!("{}: cannot read {}", about(), file.display()))?;
        mutant.mistake.made_in(&text).with_context(about)?;
    }
    Ok(mutants)
}

fn parse(text: &str) -> Result<LessonMutants> {
    toml::from_str(text).map_err(|error| {
        let line = 1 + error.span().map_or(0, |span| text[..span.start].matches('\n').count());
        anyhow!("line {line}: {}", error.message().replace('\n', ", "))
    })
}

impl Mutant {
    /// The text of its file with the mistake.
    pub(super) fn made_in(&self, text: &str) -> Result<String> {
        self.mistake.made_in(text).with_context(|| self.to_string())
    }

    /// Whether no other lesson is made of the file that it changes.
    pub(super) fn is_in_its_lesson(&self) -> bool {
        self.mistake.file.components().all(|part| matches!(part, Component::Normal(_)))
    }

    /// Whether this is the claim, by its sentence, that has to fail.
    pub(super) fn is_caught_by(&self, sentence: &str) -> bool {
        sentence.contains(&self.mistake.fails)
    }

    /// What the sentence of that claim contains.
    pub(super) fn fails(&self) -> &str {
        &self.mistake.fails
    }

    /// One that such a claim has to notice.
    #[cfg(test)]
    pub(super) fn made_up(lesson: &str, file: &str, claim: &str) -> Self {
        let mistake = Mistake { file: file.into(), from: "a + b".into(), to: "a - b".into(), fails: claim.into() };
        Self { lesson: lesson.into(), kind: "formula", file: Path::new(lesson).join(file), mistake }
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{} {} ({})", self.lesson, self.kind, self.mistake.file.display())
    }
}

impl Mistake {
    fn made_in(&self, text: &str) -> Result<String> {
        let Self { file, from, to, fails } = self;
        if from.is_empty() || fails.is_empty() || from == to {
            bail!("`from` and `fails` must not be empty, and `to` must be another text than `from`");
        }
        match text.matches(from.as_str()).count() {
            1 => Ok(text.replacen(from.as_str(), to, 1)),
            count => bail!(
                "`from` must stand in {} once, and {from:?} does {count} times; give a text of the file as it is now",
                file.display()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::workspace::root;

    const RIGHT: &str = "[formula]\nfile = 'mod.rs'\nfrom = 'a + b'\nto = 'a - b'\nfails = 'The sum'\n\
                         [datum]\nfile = 'mod.rs'\nfrom = '5'\nto = '6'\nfails = 'The sum'\n\
                         [bound]\nfile = 'mod.rs'\nfrom = '7'\nto = '8'\nfails = 'The sum'\n";

    #[test]
    fn every_lesson_has_a_mutant_of_each_kind_that_fits_its_file() {
        let mutants = read(&root()).unwrap();
        assert!(!mutants.is_empty());
        assert_eq!(mutants.len(), 3 * lessons(&root()).unwrap().len());
    }

    #[test]
    fn a_list_that_is_wrong_is_refused() {
        assert!(parse(RIGHT).is_ok());
        let said = |text: &str| parse(text).unwrap_err().to_string();
        assert!(said(&RIGHT.replace("[bound]", "[bond]")).contains("bond"));
        assert!(said(&RIGHT.replace("to = '8'", "into = '8'")).starts_with("line 1"));
        assert!(said(RIGHT.split("[bound]").next().unwrap()).contains("bound"));
    }

    #[test]
    fn a_mistake_is_made_where_its_text_stands_once() {
        let mistake = parse(RIGHT).unwrap().formula;
        assert_eq!(mistake.made_in("let sum = a + b;").unwrap(), "let sum = a - b;");
        for (text, count) in [("let sum = b + a;", 0), ("a + b - (a + b)", 2)] {
            let said = mistake.made_in(text).unwrap_err().to_string();
            assert!(said.contains(&format!("\"a + b\" does {count} times")), "{said}");
        }
        assert!(Mistake { to: "a + b".into(), ..mistake }.made_in("a + b").is_err());
    }
}
