//! What can be wrong with a recipe: always a place, and for a key what was found and what is accepted.

use std::fmt;

/// Why a text is not a recipe.
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
        /// The key that is wrong, dotted from the top: `optimizer.adam.beta1`.
        key: String,
        /// The key, what was found there and what is accepted.
        fault: String,
    },
    /// An override that is not `KEY=VALUE`.
    #[error("--set {text}: {reason}; write KEY=VALUE, such as `optimizer.beta1=0.8` or `model.hidden=[64, 32]`")]
    Override {
        /// The override as given.
        text: String,
        /// What is missing or not understood.
        reason: String,
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

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => write!(f, "{}", self.file),
        }
    }
}
