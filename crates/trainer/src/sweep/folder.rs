//! The folder of a sweep: what was asked for, checked before anything is done in it.

use super::plan::SweepPlan;
use super::rows::{SweepRow, table};
use crate::error::TrainError;
use crate::files;
use crate::run::Request;
use crate::run_folder::{self, RunFolder};
use crate::warm_start;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use zoo_core::{Flush, check_is_file, write_atomically};

const PLAN: &str = "sweep.json";
const TABLE: &str = "sweep.csv";

/// Whether a file of this name in a sweep's folder is of our making.
pub(crate) fn is_of_a_sweep(name: &str) -> bool {
    [PLAN, TABLE].contains(&name)
}

/// Whether that folder is a sweep's.
pub(crate) fn is_sweep(path: &Path) -> bool {
    path.join(PLAN).exists()
}

/// A sweep's folder, locked against a second process.
pub(crate) struct SweepFolder {
    path: PathBuf,
    pub(crate) plan: SweepPlan,
    _lock: File,
}

impl SweepFolder {
    /// Makes the folder and those of its runs, or takes it up where it is this very sweep's.
    pub(crate) fn create(path: &Path, plan: SweepPlan, requests: &[Request]) -> Result<Self, TrainError> {
        files::make(path)?;
        if !is_sweep(path) {
            Self::check_unused(path, &plan)?;
        }
        let lock = run_folder::lock(path)?;
        if is_sweep(path) {
            Self::check_same(path, &plan, requests)?;
        } else {
            let text = serde_json::to_vec_pretty(&plan).expect("a plan is texts and numbers");
            write_atomically(&path.join(PLAN), &text, Flush::ToDisk)?;
        }
        for (run, request) in plan.runs.iter().zip(requests) {
            request.prepare_folder(&path.join(&run.name))?;
        }
        Ok(Self { path: path.to_path_buf(), plan, _lock: lock })
    }

    /// A sweep that was begun.
    pub(crate) fn open(path: &Path) -> Result<Self, TrainError> {
        let plan = Self::read(path)?;
        let lock = run_folder::lock(path)?;
        match plan.runs.iter().map(|run| path.join(&run.name)).find(|run| !run_folder::exists(run)) {
            None => Ok(Self { path: path.to_path_buf(), plan, _lock: lock }),
            Some(run) => Err(TrainError::RunFile {
                file: run,
                reason: " is missing; give the command that made the sweep again, with --out".to_string(),
            }),
        }
    }

    fn read(path: &Path) -> Result<SweepPlan, TrainError> {
        let file = path.join(PLAN);
        let text = check_is_file(&file).and_then(|()| fs::read(&file)).map_err(TrainError::io("read", &file))?;
        let plan = serde_json::from_slice::<SweepPlan>(&text);
        let damaged = |reason| TrainError::RunFile { file, reason };
        match plan {
            Ok(plan) if plan.schema == SweepPlan::SCHEMA => Ok(plan),
            Ok(plan) => Err(damaged(format!(": schema is {}, expected {}", plan.schema, SweepPlan::SCHEMA))),
            Err(error) => Err(damaged(format!(" is damaged: {error}"))),
        }
    }

    /// Runs of this plan may be there already, made by the lines of `--plan`; nothing else may.
    fn check_unused(path: &Path, plan: &SweepPlan) -> Result<(), TrainError> {
        let entries = fs::read_dir(path).map_err(TrainError::io("read the folder", path))?;
        let is_ours = |name: &str| name == run_folder::LOCK || plan.runs.iter().any(|run| run.name == name);
        match entries.flatten().all(|entry| entry.file_name().to_str().is_some_and(is_ours)) {
            true => Ok(()),
            false => Err(TrainError::FolderNotEmpty { path: path.to_path_buf() }),
        }
    }

    fn check_same(path: &Path, plan: &SweepPlan, requests: &[Request]) -> Result<(), TrainError> {
        let Some(difference) = Self::read(path)?.difference(plan) else { return Ok(()) };
        // What they train by now tells more than their digests.
        let changes = plan.runs.iter().zip(requests).find_map(|(run, request)| {
            let (recipe, _) = run_folder::read(&path.join(&run.name)).ok()?;
            recipe.diff_in_words(&request.recipe)
        });
        let changes = changes.map(|changes| format!(" ({changes})")).unwrap_or_default();
        Err(TrainError::OtherSweep { path: path.to_path_buf(), difference: format!("{difference}{changes}") })
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where a run keeps its files.
    pub(crate) fn run(&self, index: usize) -> PathBuf {
        self.path.join(&self.plan.runs[index].name)
    }

    /// Where each run stands.
    pub(crate) fn rows(&self) -> Result<Vec<SweepRow>, TrainError> {
        (0..self.plan.runs.len()).map(|index| SweepRow::of(&self.run(index))).collect()
    }

    /// Writes `sweep.csv`.
    pub(crate) fn write(&self, rows: &[SweepRow]) -> Result<(), TrainError> {
        Ok(write_atomically(&self.path.join(TABLE), &table(&self.plan, rows), Flush::Later)?)
    }
}

impl Request {
    /// Makes the folder of a run that is to be trained later, unless it is there.
    fn prepare_folder(&self, path: &Path) -> Result<(), TrainError> {
        match run_folder::read(path) {
            Ok((recipe, settings)) => self.check_same(path, &recipe, &settings),
            Err(TrainError::NotARunFolder { .. } | TrainError::NeverStarted { .. }) => self.make(path),
            Err(error) => Err(error),
        }
    }

    fn make(&self, path: &Path) -> Result<(), TrainError> {
        let mut recipe = self.recipe.clone();
        let init = warm_start::of_recipe(&mut recipe)?;
        RunFolder::create(path, &recipe, &self.settings(), init.as_ref()).map(drop)
    }
}
