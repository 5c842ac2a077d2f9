//! What a page on an experiment says before its checks.

use std::fmt;

/// A question, its mathematics, and the lines that compute it.
///
/// Figures that were measured stand in [`Findings`](crate::Findings) alone.
#[derive(Clone, Copy, Debug)]
pub struct Lesson {
    /// What the experiment answers, in a sentence or two.
    pub question: &'static str,
    /// In the order of the notes.
    pub mathematics: &'static [LessonFormulas],
    /// What to see in the figures: paragraphs.
    pub meaning: &'static [&'static str],
    /// The heart of it.
    pub code: Excerpt,
}

/// Formulas with the words before them.
#[derive(Clone, Copy, Debug)]
pub struct LessonFormulas {
    /// Words.
    pub about: &'static str,
    /// In the notation of `zoo_report::math`: `δ_L = σ'(z_L) ∘ (a_L - y)`.
    pub formulas: &'static [&'static str],
}

/// An item of a file, as it was compiled.
#[derive(Clone, Copy)]
pub struct Excerpt {
    /// The file, below the workspace's root.
    pub file: &'static str,
    /// All of it.
    pub source: &'static str,
    /// How the item's first line begins.
    pub(crate) starts: &'static str,
}

/// The item of a file below `src`, or below that of another crate, whose first line begins like this.
macro_rules! excerpt {
    (in $package:literal, $file:literal, $starts:literal) => {
        $crate::lesson::Excerpt {
            file: concat!("crates/", $package, "/src/", $file),
            source: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../", $package, "/src/", $file)),
            starts: $starts,
        }
    };
    ($file:literal, $starts:literal) => {
        $crate::lesson::Excerpt {
            file: concat!("crates/experiments/src/", $file),
            source: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/", $file)),
            starts: $starts,
        }
    };
}

pub(crate) use excerpt;

/// Formulas with the words before them.
pub(crate) const fn shown(about: &'static str, formulas: &'static [&'static str]) -> LessonFormulas {
    LessonFormulas { about, formulas }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{} of {}", self.starts, self.file)
    }
}

impl Excerpt {
    /// The number of the item's first line, its comment included, and its lines without their common indentation; `None` if the file has
    /// no such item.
    pub fn lines(&self) -> Option<(usize, String)> {
        let all: Vec<&str> = self.source.lines().collect();
        let head = all.iter().position(|line| line.trim_start().starts_with(self.starts))?;
        let indent = &all[head][..all[head].len() - all[head].trim_start().len()];
        let last = head + all[head..].iter().position(|line| is_end(line, indent))?;
        let comments = all[..head].iter().rev().take_while(|line| line.trim_start().starts_with("///")).count();
        let first = head - comments;
        let lines = all[first..=last].iter().map(|line| line.strip_prefix(indent).unwrap_or(line));
        Some((first + 1, lines.collect::<Vec<_>>().join("\n")))
    }
}

/// Whether an item with this indentation ends here.
fn is_end(line: &str, indent: &str) -> bool {
    line.strip_prefix(indent).is_some_and(|rest| ["}", "};", "];"].contains(&rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ALL;

    #[test]
    fn an_item_is_cut_out_with_its_comment() {
        let source = "struct A;\n\nimpl A {\n    /// One.\n    fn one() {\n        if true {\n        }\n    }\n\n    fn two() {}\n}\n";
        let excerpt = |starts| Excerpt { file: "a.rs", source, starts };
        let one = "/// One.\nfn one() {\n    if true {\n    }\n}";
        assert_eq!(excerpt("fn one").lines(), Some((4, one.to_string())));
        assert_eq!(excerpt("fn three").lines(), None);
    }

    #[test]
    fn every_lesson_has_a_question_mathematics_a_meaning_and_short_code() {
        assert!(!ALL.is_empty());
        for experiment in ALL {
            let (name, Lesson { question, mathematics, meaning, code }) = (experiment.name, experiment.lesson);
            assert!(question.ends_with('?'), "{name}");
            assert!(!mathematics.is_empty() && !meaning.is_empty(), "{name}");
            let (_, lines) = code.lines().unwrap_or_else(|| panic!("{name}: no {code:?}"));
            assert!((3..=45).contains(&lines.lines().count()), "{name}: {lines}");
        }
    }
}
