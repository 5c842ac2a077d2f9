//! From what the user names to run folders.

use super::found::{FoundRun, children, subfolders};
use crate::error::TrainError;
use crate::run_folder;
use crate::sweep::is_sweep;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// How deep below `runs/` a run may lie: `runs/NAME/DATE-TIME-seedN`, or one folder more.
const DEPTH: usize = 3;

/// What stands in one line of a list.
#[derive(Clone, Debug)]
pub(crate) enum Listed {
    /// A run, or a cross-validation as a whole.
    Run(Box<FoundRun>),
    /// Many runs as one.
    Sweep {
        path: PathBuf,
        /// All of them, also those that have not begun.
        runs: Vec<FoundRun>,
    },
    /// A link, which is not followed: what it leads to is elsewhere, or in the list already.
    Link {
        path: PathBuf,
        target: PathBuf,
        /// The run there, if it is one.
        run: Option<Box<FoundRun>>,
    },
}

impl Listed {
    /// The run, or those of the sweep; none of a link.
    pub(crate) fn runs(&self) -> &[FoundRun] {
        match self {
            Listed::Link { .. } => &[],
            Listed::Run(run) => std::slice::from_ref(run),
            Listed::Sweep { runs, .. } => runs,
        }
    }
}

/// The paths that exist, and what the others match as patterns: `runs/mlp_*/*`.
///
/// # Errors
/// If nothing is there, nothing matches, or a pattern is none.
pub(crate) fn expand(words: &[String]) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for word in words {
        if Path::new(word).exists() {
            paths.push(PathBuf::from(word));
            continue;
        }
        if !word.contains(['*', '?', '[']) {
            bail!("there is no folder {word}; `trainer runs ls` lists the runs there are");
        }
        let matches = glob::glob(word).with_context(|| format!("{word} is neither a folder nor a pattern"))?;
        let before = paths.len();
        paths.extend(matches.flatten().filter(|path| path.is_dir()));
        if paths.len() == before {
            bail!("no folder matches {word}; `trainer runs ls` lists the runs there are");
        }
    }
    Ok(paths)
}

/// The run in a folder, or all those in folders below it.
///
/// # Errors
/// If the folder cannot be read.
pub(crate) fn list(path: &Path) -> Result<Vec<Listed>, TrainError> {
    if path.exists() && !path.is_dir() {
        return Err(TrainError::NotAFolder { path: path.to_path_buf() });
    }
    fs::read_dir(path).map_err(TrainError::io("read the folder", path))?;
    let mut all = Vec::new();
    gather(path, DEPTH, &mut all);
    Ok(all)
}

fn gather(path: &Path, depth: usize, all: &mut Vec<Listed>) {
    let children = run_folder::check_access(path).and_then(|()| children(path));
    // A sweep has a lock as a run has, so it is asked for first.
    if is_sweep(path) {
        let folders = subfolders(path);
        let runs =
            folders.iter().filter(|folder| FoundRun::is_at(folder)).map(|folder| FoundRun::read(folder)).collect();
        all.push(Listed::Sweep { path: path.to_path_buf(), runs });
    } else if FoundRun::is_at(path) {
        all.push(Listed::Run(Box::new(FoundRun::read(path))));
    } else if depth > 0 {
        match children {
            Ok(children) => children.iter().for_each(|child| match child.read_link() {
                Ok(target) => all.push(link(child, target)),
                Err(_) => gather(child, depth - 1, all),
            }),
            Err(error) => all.push(Listed::Run(Box::new(FoundRun::closed(path, error)))),
        }
    }
}

fn link(path: &Path, target: PathBuf) -> Listed {
    let is_run = FoundRun::is_at(path) && !is_sweep(path);
    Listed::Link { path: path.to_path_buf(), target, run: is_run.then(|| Box::new(FoundRun::read(path))) }
}
