//! The command `trainer` as its users meet it: offline, on the data compiled into it or made up on the spot.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests fail by panicking")]

mod data_files;
mod explain;
mod exports;
mod fine_tuning;
mod folds;
mod inspections;
mod kills;
mod listed_runs;
mod logs;
mod mistakes;
mod own_classes;
mod own_data;
mod own_names;
mod own_tables;
mod places;
mod predictions;
mod pretrained;
mod progress;
mod pruning;
mod replacements;
mod resume;
mod runs;
mod served;
mod settings;
mod side_by_side;
mod sweeps;
mod taken_folds;
mod weights;

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zoo_results::Report;

/// A folder of its own for one test, in which `trainer` runs.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `trainer` with these words, in this folder, on one thread, without the network.
    fn trainer(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
        command.current_dir(self.0.path()).args(words.split_whitespace());
        for variable in ["THREADS", "DEVICE", "DATA_DIR", "RUNS", "PROGRESS", "MIRROR", "OFFLINE"] {
            command.env_remove(format!("ZOO_{variable}"));
        }
        // No settings but those of the test.
        command.env("XDG_CONFIG_HOME", self.path("config"));
        command.env("XDG_CACHE_HOME", self.path("cache"));
        command
    }

    /// Trains to the end and returns the report.
    fn train(&self, words: &str, out: &str) -> Report {
        let output = self.trainer(&format!("{words} --offline --threads 1 --out {out}")).assert().success();
        assert_eq!(last_line(&output.get_output().stdout), out);
        self.report(out)
    }

    fn report(&self, run: &str) -> Report {
        Report::read(&self.path(run).join("report.json")).unwrap()
    }

    /// Runs a command that must be refused in one sentence: what it says.
    fn refused(&self, words: &str) -> String {
        self.refused_with(2, words)
    }

    /// The same with another exit code.
    fn refused_with(&self, code: i32, words: &str) -> String {
        let output = self.trainer(words).assert().code(code);
        let text = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert!(!text.contains("panicked"), "{words}: {text}");
        text
    }
}

/// A data set that is compiled into the program.
fn breast_cancer() -> zoo_core::Dataset {
    let recipe = trainer::registry::recipe("mlp_breast_cancer").unwrap();
    let store = zoo_core::Store::new(Some(PathBuf::new()), true, zoo_core::Progress::Hidden).unwrap();
    trainer::data::load_for(&recipe, &store).unwrap()
}

fn last_line(stdout: &[u8]) -> &str {
    std::str::from_utf8(stdout).unwrap().lines().last().unwrap_or_default()
}

fn files_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
