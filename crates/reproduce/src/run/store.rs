//! Where runs are kept, so that none is made twice: a folder per commit and device, in it one per recipe and seed.

use anyhow::{Context, Result, bail};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use trainer::TrainError;
use trainer::device::DeviceName;
use trainer::places::check_no_file_instead;
use trainer::run_folder::Repeats;
use zoo_core::sha256_hex;

/// The folder of one commit on one device.
pub(crate) struct RunStore {
    folder: PathBuf,
}

impl RunStore {
    /// Below `runs`.
    pub(crate) fn new(runs: &Path, device: DeviceName) -> Result<Self> {
        check_no_file_instead(runs)?;
        Ok(Self { folder: std::path::absolute(runs)?.join(program()?).join(device.name()) })
    }

    /// Makes it, if it is not there. The file that is given is held while it is used: a second reproduction would make the same runs.
    pub(crate) fn lock(&self) -> Result<File> {
        let folder = &self.folder;
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let lock =
            File::create(folder.join("lock")).with_context(|| format!("cannot write into {}", folder.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => {
                bail!("another process is reproducing in {}; wait for it or stop it", folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", folder.display())),
        }
    }

    /// The store of the same commit and device in another machine's folder of runs.
    ///
    /// # Errors
    /// If there is none; with the commits of those that there are.
    pub(crate) fn beside(&self, runs: &Path) -> Result<Self> {
        let below: PathBuf = self.folder.iter().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect();
        let folder = std::path::absolute(runs)?.join(&below);
        if folder.is_dir() {
            return Ok(Self { folder });
        }
        if runs.exists() && !runs.is_dir() {
            return Err(TrainError::NotAFolder { path: runs.to_path_buf() }).context("--collect");
        }
        let (named, program) = (runs.display(), below.parent().unwrap_or(&below).display());
        let entries = fs::read_dir(runs).with_context(|| format!("cannot read --collect {named}"))?;
        let mut others: Vec<String> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|entry| entry.is_dir())
            .filter_map(|entry| Some(entry.file_name()?.to_string_lossy().into_owned()))
            .collect();
        others.sort();
        match others.as_slice() {
            [] => bail!("--collect {named} holds no runs; name a folder that --runs named on another machine"),
            others => bail!(
                "--collect {named} holds runs of {}, and this program is {program}; make them by the same commit on device {}",
                others.join(", "),
                below.file_name().unwrap_or_default().display()
            ),
        }
    }

    /// Where another store keeps what this one keeps in that folder.
    pub(crate) fn counterpart(&self, other: &Self, folder: &Path) -> PathBuf {
        folder.strip_prefix(&self.folder).map_or_else(|_| folder.to_path_buf(), |below| other.folder.join(below))
    }

    /// The run folder of a recipe's seed, or of its cross-validation.
    pub(crate) fn run(&self, recipe: &str, seed: u64, folds: Option<&Repeats>) -> PathBuf {
        let name = match folds {
            None => format!("seed{seed}"),
            Some(Repeats { folds, seeds }) => {
                let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
                format!("{folds}folds-{}", seeds.join("-"))
            }
        };
        self.folder.join(recipe).join(name)
    }

    /// Where experiments leave their outcomes, a folder each; quick ones by themselves.
    pub(crate) fn outcomes(&self, quick: bool) -> PathBuf {
        self.folder.join(if quick { "experiments-quick" } else { "experiments" })
    }

    /// Where the records of its runs are.
    pub(crate) fn results(&self) -> PathBuf {
        self.folder.join("results")
    }

    /// Where their report is.
    pub(crate) fn report(&self) -> PathBuf {
        self.folder.join("report")
    }
}

/// A name for this program: its commit, and a digest where it has none or there are changes, which differ from each other.
fn program() -> Result<String> {
    match trainer::commit() {
        Some(commit) if !commit.ends_with("-dirty") => Ok(format!("{commit:.12}")),
        commit => {
            let path = std::env::current_exe().context("cannot find this program's own file")?;
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(format!("{:.12}-{:.12}", commit.unwrap_or("unversioned"), sha256_hex(&bytes)))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn a_store_is_found_again_and_open_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = RunStore::new(folder.path(), DeviceName::Flex).unwrap();
        let lock = store.lock().unwrap();
        let refused = store.lock().unwrap_err().to_string();
        assert!(refused.starts_with("another process is reproducing in "), "{refused}");
        drop(lock);
        let again = RunStore::new(folder.path(), DeviceName::Flex).unwrap();
        assert_eq!(again.run("cnn_digits", 3, None), store.run("cnn_digits", 3, None));
        again.lock().unwrap();
    }

    #[test]
    fn another_store_is_found_by_the_commit_and_others_are_named() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = RunStore::new(here.path(), DeviceName::Flex).unwrap();
        let refused = |runs: &Path| store.beside(runs).map(drop).unwrap_err().to_string();
        assert!(refused(there.path()).contains("holds no runs"));
        fs::create_dir(there.path().join("0123456789ab")).unwrap();
        assert!(refused(there.path()).contains("holds runs of 0123456789ab, and this program is "));
        assert!(refused(&there.path().join("none")).contains("cannot read --collect"));
        let other = RunStore::new(there.path(), DeviceName::Flex).unwrap();
        drop(other.lock().unwrap());
        let found = store.beside(there.path()).unwrap();
        let run = store.run("cnn_digits", 3, None);
        assert_eq!(store.counterpart(&found, &run), other.run("cnn_digits", 3, None));
    }
}
