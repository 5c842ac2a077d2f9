//! Exercises: small crates with gaps, each from a file that holds the answer and the usual mistakes, too.

mod check;
mod command;
mod folder;
mod results;
mod source;

use crate::experiment::{SourceSection, sections};
use crate::text::no_such;
use anyhow::Result;
use std::path::{Path, PathBuf};

pub(crate) use command::{CheckArgs, ExerciseArgs, check, exercise};
pub use results::{Failure, TestResult, results};
pub use source::Mistake;

/// Something of the notes to be written by the reader.
#[derive(Clone, Copy, Debug)]
pub struct Exercise {
    /// What it is called on the command line.
    pub name: &'static str,
    /// The sections of SOURCES.md that it follows.
    pub sources: &'static [SourceSection],
    /// What is to be written, in a line.
    pub task: &'static str,
    /// Its `src/lib.rs`, with answers and mistakes between markers.
    text: &'static str,
    /// Its `src/tests.rs`.
    pub tests: &'static str,
}

/// How the tests compare numbers: `hints.rs` of every exercise.
pub const HINTS: &str = include_str!("../../exercises/hints.rs");

macro_rules! exercise {
    ($name:literal, [$($section:literal),+], $task:literal) => {
        Exercise {
            name: $name,
            sources: &[$(SourceSection($section)),+],
            task: $task,
            text: include_str!(concat!("../../exercises/", $name, "/lib.rs")),
            tests: include_str!(concat!("../../exercises/", $name, "/tests.rs")),
        }
    };
}

/// Every exercise, in the order of the notes.
pub const EXERCISES: &[Exercise] = &[
    exercise!("softmax", [1], "a linear classifier's scores, and a softmax that large scores do not harm"),
    exercise!("sigmoid", [5, 6], "the derivative of the sigmoid, from z and from a"),
    exercise!("backprop", [5, 10], "the back-propagation step: delta_L, delta_l and dC/dW_l"),
    exercise!("cross_entropy", [7, 10], "the gradient of softmax and cross-entropy, and its mean over a batch"),
    exercise!("momentum", [8], "a step with momentum, by velocity and by the last change"),
    exercise!("adam", [8], "Adam's running means, their bias correction and the step"),
    exercise!("initial_scale", [9], "how large weights begin: Xavier, He and a layer's weights"),
    exercise!("dropout", [11], "dropout in training, in prediction and in back-propagation"),
    exercise!("early_stopping", [11], "early stopping with patience that keeps the best weights"),
    exercise!("convolution", [15], "a 3x3 convolution with padding and stride, and the size of its output"),
];

impl Exercise {
    /// The exercise of this name.
    fn named(name: &str) -> Result<&'static Self> {
        let found = EXERCISES.iter().find(|exercise| exercise.name == name);
        found.ok_or_else(|| no_such("exercise", name, EXERCISES.iter().map(|exercise| exercise.name)))
    }

    /// The sections that it follows, in a line.
    fn sections(&self) -> String {
        sections(self.sources)
    }

    /// What its package is called: a name that no crate of a user's has.
    fn package(&self) -> String {
        format!("exercise_{}", self.name)
    }

    /// Where it is written unless a folder is named.
    fn usual_folder(&self) -> PathBuf {
        Path::new(USUAL_FOLDER).join(self.name)
    }
}

/// Where exercises are written, and looked for, unless a folder is named.
const USUAL_FOLDER: &str = "exercises";

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn they_follow_the_notes_and_every_folder_is_listed() {
        let sections: Vec<u8> = EXERCISES.iter().map(|exercise| exercise.sources[0].0).collect();
        assert!(sections.is_sorted(), "{sections:?}");
        let folders =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("exercises").read_dir().unwrap().map(|entry| entry.unwrap());
        let folders = folders.filter(|entry| entry.path().is_dir());
        let folders: BTreeSet<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
        assert_eq!(folders, EXERCISES.iter().map(|exercise| exercise.name.into()).collect());
    }
}
