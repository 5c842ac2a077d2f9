//! What an experiment found: `<experiment>/outcome.json` beside its figures, for programs that report on it.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::ReportError;
use crate::report::{read_as, write_as};

/// The version of the form of [`Outcome`].
pub const OUTCOME_SCHEMA: u32 = 1;

/// What is to be said of an outcome whose values were set.
pub const SET_VALUES: &str = "Values were set in place of the notes', and the claims put to the same tests as ever: one that fails says \
                              what the change does. Sentences and captions that name a number may name the notes'.";

/// An experiment's claims with their verdicts, its figures and tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// [`OUTCOME_SCHEMA`].
    pub schema: u32,
    /// The experiment's name: `netbp`.
    pub experiment: String,
    /// The sections of SOURCES.md that it follows: `S5`.
    pub sources: Vec<String>,
    /// A heading.
    pub title: String,
    /// What the source says, in our words.
    pub says: String,
    /// Whether samples were smaller and tolerances wider than in a full run.
    pub quick: bool,
    /// The seeds of its random streams.
    pub seeds: Vec<u64>,
    /// What the user set in place of the notes' values; absent when nothing was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<SetValue>,
    /// How long it took.
    pub seconds: f64,
    /// The device, as on the trainer's command line: `flex`.
    pub device: String,
    /// The CPU threads it could use.
    pub threads: usize,
    /// Burn's version.
    pub burn: String,
    /// The commit of the program, with `-dirty` when its tree had changes; absent when it was built outside a clone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// When it started, RFC 3339.
    pub started: String,
    /// What was checked, in reading order.
    pub claims: Vec<Finding>,
    /// What was drawn, in reading order.
    pub figures: Vec<FigureFile>,
    /// What was measured, in reading order.
    pub tables: Vec<ResultTable>,
    /// Paragraphs that explain.
    pub notes: Vec<String>,
}

/// A value of the user's in place of the notes'.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetValue {
    /// What the experiment calls it: `rate`.
    pub name: String,
    /// What it was set to: `0.5`.
    pub value: String,
    /// The notes' value: `0.05`.
    pub default: String,
}

impl fmt::Display for SetValue {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{} = {} (the notes: {})", self.name, self.value, self.default)
    }
}

/// One sentence that was put to the test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What other texts name it by, where they do: `elu`. Claims that say the same of several cases share one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is claimed.
    pub sentence: String,
    /// What should come out, and how far from it is near enough: `2 ± 0.1`, `at most 1e-8`.
    pub expected: String,
    /// What came out, with its interval where chance plays a role.
    pub measured: String,
    /// What follows.
    pub verdict: FindingVerdict,
}

/// Whether a claim came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FindingVerdict {
    /// As expected.
    Holds,
    /// Not as expected: something is broken.
    Fails,
    /// Not as the source states it, and why that is so.
    Differs {
        /// One or two sentences.
        reason: String,
    },
}

impl FindingVerdict {
    /// Whether the source states what did not come out.
    pub fn differs(&self) -> bool {
        matches!(self, Self::Differs { .. })
    }
}

/// A figure in a file beside the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureFile {
    /// The file, without folder: `cost.svg`.
    pub file: String,
    /// What it shows.
    pub caption: String,
}

/// A figure before it is written to a file.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its file's name and its caption.
    pub entry: FigureFile,
    /// The figure itself.
    pub svg: String,
}

/// Rows of text under a head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultTable {
    /// What it shows.
    pub caption: String,
    /// A word or two per column, with the unit.
    pub head: Vec<String>,
    /// As many cells per row as the head has.
    pub rows: Vec<Vec<String>>,
}

impl Outcome {
    /// The outcome in the file `path`.
    ///
    /// # Errors
    ///
    /// As [`Report::read`](crate::Report::read).
    pub fn read(path: &Path) -> Result<Outcome, ReportError> {
        read_as(path, OUTCOME_SCHEMA)
    }

    /// Writes the outcome to `path`, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ReportError> {
        write_as(path, self)
    }

    /// The claims of this name.
    pub fn claims_named<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.claims.iter().filter(move |claim| claim.id.as_deref() == Some(id))
    }

    /// What was set, in words: `rate = 0.5 (the notes: 0.05)`; `None` if nothing was.
    pub fn set_in_words(&self) -> Option<String> {
        let set: Vec<String> = self.set.iter().map(SetValue::to_string).collect();
        (!set.is_empty()).then(|| set.join(", "))
    }

    /// Whether no claim fails. One that differs from the source with a reason does not fail.
    ///
    /// An experiment without a claim has shown nothing, so it does not hold.
    pub fn holds(&self) -> bool {
        let [holding, differing, failing] = self.counts();
        holding + differing > 0 && failing == 0
    }

    /// How many claims hold, how many differ from the source with a reason, how many fail.
    pub fn counts(&self) -> [usize; 3] {
        let count = |is: fn(&FindingVerdict) -> bool| self.claims.iter().filter(|one| is(&one.verdict)).count();
        [
            count(|verdict| *verdict == FindingVerdict::Holds),
            count(FindingVerdict::differs),
            count(|verdict| *verdict == FindingVerdict::Fails),
        ]
    }

    /// The same in words: `11 hold, 2 differ from the source`.
    pub fn counts_in_words(&self) -> String {
        let [holding, differing, failing] = self.counts();
        let differ = if differing > 0 { format!(", {differing} differ from the source") } else { String::new() };
        let fail = if failing > 0 { format!(", {failing} fail") } else { String::new() };
        format!("{holding} hold{differ}{fail}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outcome.json");
        let outcome = of(vec![FindingVerdict::Holds, FindingVerdict::Differs { reason: "a misprint".into() }]);
        outcome.write(&path).unwrap();
        assert_eq!(Outcome::read(&path).unwrap(), outcome);
    }

    #[test]
    fn what_was_set_is_written_only_where_something_was() {
        let outcome = of(vec![FindingVerdict::Holds]);
        let text = serde_json::to_string(&outcome).unwrap();
        assert!(!text.contains("\"set\"") && outcome.set_in_words().is_none(), "{text}");
        let rate = SetValue { name: "rate".into(), value: "0.5".into(), default: "0.05".into() };
        let set = Outcome { set: vec![rate], ..outcome };
        let text = serde_json::to_string(&set).unwrap();
        assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), set);
        assert_eq!(set.set_in_words().as_deref(), Some("rate = 0.5 (the notes: 0.05)"));
    }

    #[test]
    fn one_failed_claim_or_none_at_all_is_not_success() {
        assert!(of(vec![FindingVerdict::Holds, FindingVerdict::Differs { reason: "a misprint".into() }]).holds());
        assert!(!of(vec![FindingVerdict::Holds, FindingVerdict::Fails]).holds());
        assert!(!of(vec![]).holds());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let text = serde_json::to_string(&of(vec![])).unwrap().replacen('{', "{\"extra\":1,", 1);
        assert!(serde_json::from_str::<Outcome>(&text).is_err());
    }

    fn of(verdicts: Vec<FindingVerdict>) -> Outcome {
        let finding = |verdict| Finding {
            id: None,
            sentence: "1 = 1".into(),
            expected: "1".into(),
            measured: "1".into(),
            verdict,
        };
        Outcome {
            schema: OUTCOME_SCHEMA,
            experiment: "netbp".into(),
            sources: vec!["S5".into()],
            title: "Back-propagation from scratch".into(),
            says: "The cost falls.".into(),
            quick: false,
            seeds: vec![1],
            set: vec![],
            seconds: 0.1,
            device: "flex".into(),
            threads: 2,
            burn: "0.22.1".into(),
            commit: None,
            started: "2026-01-01T00:00:00Z".into(),
            claims: verdicts.into_iter().map(finding).collect(),
            figures: vec![FigureFile { file: "cost.svg".into(), caption: "Cost by step".into() }],
            tables: vec![],
            notes: vec![],
        }
    }
}
