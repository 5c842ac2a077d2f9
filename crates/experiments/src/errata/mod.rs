//! What the notes get wrong: what is printed, what is right, and how we know.
//!
//! [`ERRATA`] is their only list: the report opens with it, SOURCES.md has it as a table, `experiments errata` prints it.

mod list;

pub use list::ERRATA;

use crate::experiment::SourceSection;
use serde::Serialize;

/// A mistake or a misprint in one of the documents.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Erratum {
    /// The document, by its name in SOURCES.md: `Thesis`.
    pub source: &'static str,
    /// Where in it: `Table 2.1`.
    pub place: &'static str,
    /// The section of SOURCES.md that it belongs to.
    pub section: SourceSection,
    /// What stands there: its own words in quotation marks, or else ours.
    pub printed: &'static str,
    /// What should stand there.
    pub right: &'static str,
    /// How we know.
    pub evidence: Evidence,
}

/// How a mistake is known to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// It follows by reading alone.
    Reading {
        /// Why, in a sentence or two.
        because: &'static str,
    },
    /// An experiment puts what is printed to the test, and it does not come out: its claims of this name
    /// [differ](zoo_results::outcome::FindingVerdict::Differs).
    Claim {
        /// The experiment's name.
        experiment: &'static str,
        /// The name of the claims.
        id: &'static str,
    },
    /// The recorded curves of a recipe, in training and in validation, lie apart.
    Curves {
        /// The recipe's name.
        recipe: &'static str,
    },
}

impl Erratum {
    /// Document and place in a line: `Thesis, Table 2.1`.
    pub fn cited(&self) -> String {
        format!("{}, {}", self.source, self.place)
    }

    /// A few lines for a terminal.
    pub(crate) fn as_text(&self) -> String {
        let known = match self.evidence {
            Evidence::Reading { because } => format!("by reading alone: {because}"),
            Evidence::Claim { experiment, id } => {
                format!("put to the test: `experiments run {experiment}`, claim {id}")
            }
            Evidence::Curves { recipe } => format!("the recorded curves of {recipe} lie apart"),
        };
        let (cited, Self { section, printed, right, .. }) = (self.cited(), self);
        format!("{cited} ({section})\n  printed  {printed}\n  right    {right}\n  known    {known}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::ALL;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_erratum_has_all_its_parts_and_a_source_that_is_listed() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("SOURCES.md");
        let sources = std::fs::read_to_string(sources).unwrap();
        for erratum in ERRATA {
            let Erratum { source, place, printed, right, section, .. } = erratum;
            assert!(sources.contains(&format!("| [{source}] |")), "{erratum:?}");
            assert!([place, printed, right].iter().all(|part| !part.is_empty()) && printed != right, "{erratum:?}");
            assert!((1..=16).contains(&section.0), "{erratum:?}");
        }
        let places: BTreeSet<_> = ERRATA.iter().map(|one| (one.cited(), one.printed)).collect();
        assert_eq!(places.len(), ERRATA.len());
    }

    #[test]
    fn what_follows_by_reading_says_why_and_what_does_not_names_its_experiment() {
        for Erratum { evidence, .. } in ERRATA {
            match evidence {
                Evidence::Reading { because } => assert!(because.ends_with('.'), "{because}"),
                Evidence::Claim { experiment, id } => {
                    assert!(ALL.iter().any(|one| one.name == *experiment) && !id.is_empty(), "{evidence:?}");
                }
                Evidence::Curves { recipe } => assert!(!recipe.is_empty()),
            }
        }
    }
}
