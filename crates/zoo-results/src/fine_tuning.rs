//! Whether a start from trained weights helps where pictures are few, as `crates/trainer/examples/fine_tuning.rs` has measured it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::report::{read_as, write_as};
use crate::{DataFacts, MeanDifference, Overlap, ReportError, Spread};

/// The version of the form of [`FineTuning`].
pub const FINE_TUNING_SCHEMA: u32 = 1;

/// The same small task learned from nothing and from trained weights, by the same seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FineTuning {
    /// [`FINE_TUNING_SCHEMA`].
    pub schema: u32,
    /// The recipe whose network, loss and augmentation both have.
    pub recipe: String,
    /// What is learned: `A to M, 20 pictures a class`.
    pub task: String,
    /// What the weights were trained on, how long and how well.
    pub weights: String,
    /// The small task's data.
    pub data: DataFacts,
    /// The device's name.
    pub device: String,
    /// CPU threads.
    pub threads: usize,
    /// The vector instructions, where they decide the bits.
    pub instruction_set: Option<String>,
    /// Burn's version.
    pub burn: String,
    /// The commit of the program, with `-dirty` when its tree had changes.
    pub commit: Option<String>,
    /// When it started, RFC 3339.
    pub started: String,
    /// The seeds that the settings were chosen with, on validation.
    pub choosing_seeds: Vec<u64>,
    /// The seeds of what is claimed, on test: each draws pictures, initial values and order, for both alike.
    pub seeds: Vec<u64>,
    /// From nothing.
    pub from_nothing: FineTuningArm,
    /// From trained weights.
    pub from_weights: FineTuningArm,
}

/// One way to start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FineTuningArm {
    /// What was tried, with the mean accuracy on validation over the choosing seeds.
    pub tried: Vec<TriedSetting>,
    /// The best of these.
    pub chosen: String,
    /// Its accuracy on test by each of the seeds.
    pub test: Vec<f64>,
}

/// A setting, and how good it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriedSetting {
    /// In words: `rate 0.004, 30 epochs`.
    pub setting: String,
    /// The mean accuracy on validation.
    pub valid: f64,
}

impl FineTuning {
    /// The result in the file `path`.
    ///
    /// # Errors
    /// As [`Report::read`](crate::Report::read).
    pub fn read(path: &Path) -> Result<FineTuning, ReportError> {
        read_as(path, FINE_TUNING_SCHEMA)
    }

    /// Writes the result to `path`, whole or not at all.
    ///
    /// # Errors
    /// [`ReportError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ReportError> {
        write_as(path, self)
    }

    /// From weights less from nothing, seed by seed.
    pub fn gain(&self) -> Option<MeanDifference> {
        MeanDifference::paired(&self.from_nothing.test, &self.from_weights.test, Overlap::default())
    }

    /// As a table and a sentence, in Markdown.
    pub fn to_markdown(&self) -> String {
        let rows = [("nothing", &self.from_nothing), ("trained weights", &self.from_weights)].map(|(start, arm)| {
            let accuracy = Spread::of(&arm.test).map(|all| format!("{:.4} ± {:.4}", all.mean, all.deviation));
            format!("| {start} | {} | {} |", arm.chosen, accuracy.unwrap_or_default())
        });
        let gain = self.gain().map(|gain| format!("{:+.4} ({:+.4} to {:+.4})", gain.mean, gain.low, gain.high));
        let numbers = |seeds: &[u64]| seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let Self { task, weights, recipe, data, device, threads, burn, .. } = self;
        let standing = format!("{:?}", data.provenance).to_lowercase();
        let commit = self.commit.as_deref().unwrap_or("unknown");
        let commit = commit.get(..12).unwrap_or(commit);
        format!(
            "{task}, by the network of `{recipe}`; the weights: {weights}. Test accuracy on {} images, mean ± standard deviation over seeds \
             {}; settings chosen on {} validation images with seeds {}, as many for the one as for the other.\n\n\
             | start | settings | test accuracy |\n|---|---|---|\n{}\n| difference, paired, with its 95 % interval | | {} |\n\n\
             Data {} ({standing}), device {device}, {threads} threads, Burn {burn}, commit {commit}, {}.\n",
            data.test,
            numbers(&self.seeds),
            data.valid,
            numbers(&self.choosing_seeds),
            rows.join("\n"),
            gain.unwrap_or_default(),
            data.name,
            self.started.split('T').next().unwrap_or_default(),
        )
    }
}
