//! What can be wrong with a recipe.

use std::fmt;

use crate::key::KeyPath;

/// Why a text is not a recipe. Each message is one sentence with the place, what was found and what is accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecipeError {
    /// The text is not TOML.
    #[error("{place}: this is not TOML: {reason}")]
    Syntax {
        /// Where reading stopped.
        place: Place,
        /// The TOML parser's own words.
        reason: String,
    },
    /// The text is TOML, but not a recipe.
    #[error("{place}: {fault}")]
    Invalid {
        /// The file and line, or the command-line override.
        place: Place,
        /// The key, and what is wrong with it.
        fault: Box<Fault>,
    },
    /// An override that is not `KEY=VALUE`.
    #[error("--set {text}: {reason}; write KEY=VALUE, such as `optimizer.beta1=0.8` or `model.hidden=[64, 32]`")]
    Override {
        /// The override as given.
        text: String,
        /// What is missing or not understood.
        reason: String,
    },
    /// An override of a table's `kind` to one that needs other keys beside it.
    #[error("{place}: {fault}; a new kind needs a new table, so set it whole: --set '{example}'")]
    Kind {
        /// The override.
        place: Place,
        /// What the new kind lacks or does not take.
        fault: Box<Fault>,
        /// The override that would do.
        example: String,
    },
}

/// What is wrong with one key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The schema has no such key here.
    #[error("unknown key `{key}`{}, accepted here: {}", did_you_mean(nearest), code_list(accepted))]
    UnknownKey {
        /// The whole key, from the top.
        key: String,
        /// The keys it may have been meant for.
        nearest: Vec<String>,
        /// The keys that this table has.
        accepted: Vec<String>,
    },
    /// The schema demands a key that is not there; there are no defaults.
    #[error("the key `{key}` is missing, expected {accepted}")]
    MissingKey {
        /// The whole key, from the top.
        key: String,
        /// What its value may be.
        accepted: String,
    },
    /// The value has the wrong type, is out of range, or does not fit the rest of the recipe.
    #[error("`{key}` is {found}, expected {accepted}{}", did_you_mean(nearest))]
    Refused {
        /// The whole key, from the top.
        key: String,
        /// The value, as TOML.
        found: String,
        /// What its value may be.
        accepted: String,
        /// The words it may have been meant for.
        nearest: Vec<String>,
    },
}

/// Where a recipe was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name, or the override: `--set training.epochs=0`.
    pub file: String,
    /// The line, from 1, where there is one.
    pub line: Option<usize>,
}

impl Fault {
    /// The whole key that is wrong, from the top: `optimizer.beta1`.
    pub fn key(&self) -> &str {
        match self {
            Fault::UnknownKey { key, .. } | Fault::MissingKey { key, .. } | Fault::Refused { key, .. } => key,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => write!(f, "{}", self.file),
        }
    }
}

/// A fault with its place in the recipe, before it is known where the recipe came from.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) path: KeyPath,
    pub(crate) fault: Box<Fault>,
}

impl Located {
    pub(crate) fn new(path: KeyPath, fault: Fault) -> Located {
        Located { path, fault: Box::new(fault) }
    }

    /// As an error of the file `file`, whose text gives the line.
    pub(crate) fn in_file(self, file: &str, text: &str) -> RecipeError {
        let place = Place { file: file.to_owned(), line: self.path.line(text) };
        RecipeError::Invalid { place, fault: self.fault }
    }

    /// As an error of something without lines.
    pub(crate) fn in_words(self, file: impl Into<String>) -> RecipeError {
        let place = Place { file: file.into(), line: None };
        RecipeError::Invalid { place, fault: self.fault }
    }
}

fn did_you_mean(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        [one] => format!(" (did you mean `{one}`?)"),
        several => format!(" (did you mean one of {}?)", code_list(several)),
    }
}

fn code_list(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
