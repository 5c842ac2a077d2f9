//! Where runs are kept, so that none is made twice: a folder per program and device, in it one per recipe and seed.

use anyhow::{Context, Result, bail};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use trainer::device::DeviceName;
use trainer::run_folder::Repeats;
use zoo_core::sha256_hex;

/// The folder of one program on one device.
pub(crate) struct RunStore {
    folder: PathBuf,
    /// Held while runs are made here.
    _lock: File,
}

impl RunStore {
    /// Makes it below `runs`, or finds it again.
    pub(crate) fn open(runs: &Path, device: DeviceName) -> Result<Self> {
        let folder = std::path::absolute(runs)?.join(program()?).join(device.name());
        fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let lock =
            File::create(folder.join("lock")).with_context(|| format!("cannot write into {}", folder.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                bail!("another process is reproducing in {}; wait for it or stop it", folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", folder.display())),
        }
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

/// A name for this very program: its commit, and a digest, as uncommitted changes differ from each other.
fn program() -> Result<String> {
    let path = std::env::current_exe().context("cannot find this program's own file")?;
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(format!("{:.12}-{:.12}", trainer::commit().unwrap_or("unversioned"), sha256_hex(&bytes)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn a_store_is_found_again_and_open_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = RunStore::open(folder.path(), DeviceName::Flex).unwrap();
        let refused = RunStore::open(folder.path(), DeviceName::Flex).map(drop).unwrap_err().to_string();
        assert!(refused.starts_with("another process is reproducing in "), "{refused}");
        let seed = store.run("cnn_digits", 3, None);
        drop(store);
        assert_eq!(RunStore::open(folder.path(), DeviceName::Flex).unwrap().run("cnn_digits", 3, None), seed);
    }
}
