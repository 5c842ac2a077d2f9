//! A run folder as it lies there.

use crate::error::TrainError;
use crate::finished::{finished_folds, finished_run};
use crate::run_folder::{self, CrossValidation, RunSettings};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use zoo_core::{check_writable, system_error};
use zoo_recipe::Recipe;
use zoo_results::{FoldsReport, Report, ReportError};

/// A run folder and how far its run is. Reading one never fails: what cannot be read is a state, too.
#[derive(Clone, Debug)]
pub(crate) struct FoundRun {
    pub(crate) path: PathBuf,
    /// What it was started with, if that can be read.
    pub(crate) started_with: Option<(Recipe, RunSettings)>,
    pub(crate) state: FoundState,
}

/// How far a run is.
#[derive(Clone, Debug)]
pub(crate) enum FoundState {
    /// To its end.
    Finished(Reached),
    /// It can go on by `--resume`.
    Stopped(RunProgress),
    /// A process is training in it.
    Running(RunProgress),
    /// Its process ended before the run began.
    NeverStarted,
    /// Damaged, or written by another version: why.
    Unreadable(String),
    /// Perhaps all is well, but the system refuses to let it be read: why.
    Inaccessible(String),
}

/// What a finished run has reached.
#[derive(Clone, Debug)]
pub(crate) enum Reached {
    /// By one model.
    Run(Box<Report>),
    /// By a model a fold.
    Folds(Box<FoldsReport>),
}

/// Epochs of a run, or models of a cross-validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunProgress {
    pub(crate) done: usize,
    pub(crate) of: usize,
    pub(crate) unit: &'static str,
}

impl FoundRun {
    /// Whether a folder is one of a run, whatever state that is in.
    pub(crate) fn is_at(path: &Path) -> bool {
        run_folder::exists(path) || run_folder::has_lock(path) || run_folder::has_remains(path)
    }

    pub(crate) fn read(path: &Path) -> Self {
        let path = path.to_path_buf();
        match run_folder::read(&path) {
            Ok((recipe, settings)) => {
                let state = state(&path, &recipe, &settings).unwrap_or_else(|error| unreadable(&path, &error));
                Self { path, started_with: Some((recipe, settings)), state }
            }
            Err(TrainError::NeverStarted { .. }) if run_folder::is_in_use(&path) => {
                let state = FoundState::Running(RunProgress { done: 0, of: 0, unit: "epochs" });
                Self { path, started_with: None, state }
            }
            Err(TrainError::NeverStarted { .. }) => Self { path, started_with: None, state: FoundState::NeverStarted },
            Err(error) => Self { state: unreadable(&path, &error), path, started_with: None },
        }
    }

    /// A folder of which nothing is known but that the system refuses to list it.
    pub(crate) fn closed(path: &Path, error: io::Error) -> Self {
        let path = path.to_path_buf();
        let state = unreadable(&path, &TrainError::io("read the folder", &path)(error));
        Self { path, started_with: None, state }
    }

    /// Why somebody could miss something of a run that never started or cannot be read.
    pub(crate) fn is_worth_keeping(&self) -> Option<String> {
        let within = |file: PathBuf| file.strip_prefix(&self.path).unwrap_or(&file).display().to_string();
        let valued = [run_folder::weights_file, run_folder::report_file, run_folder::folds_file];
        let valued = |folder: &PathBuf| {
            let files = valued.map(|file| file(folder)).into_iter().chain(run_folder::metrics_files(folder));
            files.chain(run_folder::checkpoint_files(folder)).find(|file| file.exists())
        };
        let folders = || std::iter::once(self.path.clone()).chain(subfolders(&self.path));
        if let Some(file) = folders().find_map(|folder| valued(&folder)) {
            return Some(format!("it holds {}", within(file)));
        }
        if let Some(file) = foreign_file(&self.path) {
            return Some(format!("it holds {}, which is of no run", within(file)));
        }
        (!run_folder::has_lock(&self.path)).then(|| "nothing in it says that a run of this program made it".to_string())
    }

    /// Which report of a run that counts as stopped is there and damaged, as a sentence; it may have trained to its end.
    pub(crate) fn damaged_report(&self) -> Option<String> {
        let damage = |error: ReportError| match &error {
            ReportError::Read { source, .. } if source.kind() == ErrorKind::NotFound => None,
            _ => Some(error.to_string()),
        };
        let of_folds = FoldsReport::read(&run_folder::folds_file(&self.path)).err().and_then(damage);
        let of_runs = || self.with_folds().into_iter().map(|folder| Report::read(&run_folder::report_file(&folder)));
        of_folds.or_else(|| of_runs().filter_map(Result::err).find_map(damage))
    }

    /// The bytes of everything in the folder.
    pub(crate) fn bytes(&self) -> u64 {
        bytes_in(&self.path)
    }

    /// The bytes of the checkpoints in the folder, and in those of a cross-validation's models.
    pub(crate) fn checkpoint_bytes(&self) -> u64 {
        let files = self.with_folds().into_iter().flat_map(|folder| run_folder::checkpoint_files(&folder));
        files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
    }

    /// Removes the checkpoints of a run that is finished.
    ///
    /// # Errors
    /// If a process is using the folder, or as [`check_droppable`](Self::check_droppable).
    pub(crate) fn drop_checkpoints(&self) -> Result<(), TrainError> {
        let _lock = run_folder::RunFolder::open(&self.path)?;
        let dropped: Vec<_> = self.with_folds().iter().map(|folder| run_folder::drop_checkpoints(folder)).collect();
        dropped.into_iter().collect()
    }

    /// Whether its checkpoints can be removed.
    ///
    /// # Errors
    /// If they are elsewhere, behind a link, or the system would refuse it.
    pub(crate) fn check_droppable(&self) -> Result<(), TrainError> {
        run_folder::check_lockable(&self.path)?;
        for folder in self.with_folds() {
            run_folder::check_checkpoints_within(&folder)?;
            if !run_folder::checkpoint_files(&folder).is_empty() {
                let checkpoints = run_folder::checkpoints_folder(&folder);
                check_writable(&checkpoints).map_err(TrainError::io("remove files from", &checkpoints))?;
            }
        }
        Ok(())
    }

    /// Whether all of it can be removed.
    ///
    /// # Errors
    /// If the system would refuse it.
    pub(crate) fn check_removable(&self) -> Result<(), TrainError> {
        run_folder::check_lockable(&self.path)?;
        let above = self.path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let check = |folder: &Path| check_writable(folder).map_err(TrainError::io("remove what is in", folder));
        check(&self.path).and_then(|()| check(above))
    }

    /// The folder, and those of a cross-validation's models in it.
    fn with_folds(&self) -> Vec<PathBuf> {
        let folds = subfolders(&self.path).into_iter().filter(|folder| Self::is_at(folder));
        std::iter::once(self.path.clone()).chain(folds).collect()
    }
}

fn foreign_file(folder: &Path) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.find_map(|entry| {
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true if run_folder::is_folder_of_a_run(&name) => foreign_file(&path),
            false if run_folder::is_of_a_run(&name) => None,
            _ => Some(path),
        }
    })
}

/// Why the run in a folder cannot be read, with what to do.
fn unreadable(path: &Path, error: &TrainError) -> FoundState {
    let sentence = zoo_core::sentence(error);
    match error {
        _ if is_refused(error) => FoundState::Inaccessible(sentence),
        TrainError::NotARunFolder { .. } => FoundState::Unreadable(run_folder::missing_file(path).unwrap_or(sentence)),
        _ => FoundState::Unreadable(sentence),
    }
}

/// Whether the system did not allow it.
fn is_refused(error: &TrainError) -> bool {
    system_error(error).is_some_and(|error| error.kind() == ErrorKind::PermissionDenied)
}

fn state(path: &Path, recipe: &Recipe, settings: &RunSettings) -> Result<FoundState, TrainError> {
    let (reached, progress) = match &settings.cross_validation {
        Some(CrossValidation::All(all)) => {
            let folders = all.seeds.iter().flat_map(|seed| (1..=all.folds).map(|fold| (*seed, fold)));
            let folders = folders.map(|(seed, fold)| run_folder::fold_folder(path, seed, fold));
            let done = folders.filter(|folder| run_folder::report_file(folder).exists()).count();
            let progress = RunProgress { done, of: all.folds * all.seeds.len(), unit: "models" };
            (finished_folds(path)?.map(|report| Reached::Folds(Box::new(report))), progress)
        }
        _ => {
            let progress = RunProgress { done: epochs_done(path), of: recipe.training.epochs, unit: "epochs" };
            (finished_run(path)?.map(|report| Reached::Run(Box::new(report))), progress)
        }
    };
    Ok(match reached {
        _ if run_folder::is_in_use(path) => FoundState::Running(progress),
        Some(reached) => FoundState::Finished(reached),
        None => FoundState::Stopped(progress),
    })
}

/// By the name of the newest checkpoint, which opening would set aside if it were damaged.
fn epochs_done(path: &Path) -> usize {
    let names = fs::read_dir(run_folder::checkpoints_folder(path)).into_iter().flatten().flatten();
    let epochs = names.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.strip_suffix(".ckpt")?.strip_prefix("epoch-")?.split('-').next()?.parse().ok()
    });
    epochs.max().unwrap_or(0)
}

/// Folders in a folder, by name; without hidden ones, and without links, which might lead in circles.
pub(super) fn subfolders(path: &Path) -> Vec<PathBuf> {
    let children = children(path).unwrap_or_default();
    children.into_iter().filter(|child| !child.is_symlink()).collect()
}

/// Folders in a folder and links to folders or to nowhere, by name; without hidden ones.
pub(super) fn children(path: &Path) -> io::Result<Vec<PathBuf>> {
    let is_child = |entry: &fs::DirEntry| {
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_link = || entry.path().is_symlink() && !entry.path().is_file();
        !is_hidden && (entry.file_type().is_ok_and(|kind| kind.is_dir()) || is_link())
    };
    let mut children: Vec<PathBuf> = fs::read_dir(path)?.flatten().filter(is_child).map(|entry| entry.path()).collect();
    children.sort();
    Ok(children)
}

fn bytes_in(path: &Path) -> u64 {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let bytes = entries.map(|entry| match entry.metadata() {
        Ok(facts) if facts.is_dir() => bytes_in(&entry.path()),
        Ok(facts) => facts.len(),
        // It has just been removed.
        Err(_) => 0,
    });
    bytes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_is_not_called_damaged() {
        let path = Path::new("runs/mine");
        let closed = |kind: ErrorKind| FoundRun::closed(path, kind.into()).state;
        let FoundState::Inaccessible(reason) = closed(ErrorKind::PermissionDenied) else { panic!("it is refused") };
        let expected =
            "cannot read the folder runs/mine: permission denied; change its permissions, or ask its owner to";
        assert_eq!(reason, expected);
        assert!(matches!(closed(ErrorKind::Other), FoundState::Unreadable(_)));
        let report = ReportError::Read { path: path.into(), source: ErrorKind::PermissionDenied.into() };
        assert!(matches!(unreadable(path, &report.into()), FoundState::Inaccessible(_)));
    }
}
