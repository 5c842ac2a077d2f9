//! Where runs are kept, so that none is done twice: a folder a commit and device, in it one a recipe and seed.

use crate::workspace;
use anyhow::{Context, Result};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The folder of one commit on one device.
pub(super) struct Place {
    folder: PathBuf,
    /// Held while runs are made here.
    _lock: File,
}

impl Place {
    /// Makes it, or finds it again.
    ///
    /// # Errors
    /// If it cannot be written, or another process is reproducing there.
    pub(super) fn open(runs: Option<&Path>, device: &str) -> Result<Self> {
        let runs = runs.map_or_else(|| workspace::root().join("target/reproduce"), Path::to_path_buf);
        let folder = std::path::absolute(runs)?.join(workspace::state()).join(device);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let lock =
            File::create(folder.join("lock")).with_context(|| format!("cannot write into {}", folder.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("another process is reproducing in {}; wait for it or stop it", folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", folder.display())),
        }
    }

    /// A copy of a program, which no build in the meantime can exchange.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub(super) fn keep(&self, program: &Path) -> Result<PathBuf> {
        let programs = self.folder.join("programs");
        fs::create_dir_all(&programs).with_context(|| format!("cannot make the folder {}", programs.display()))?;
        let copy = programs.join(program.file_name().unwrap_or_default());
        // A program that is running cannot be written to, but another can take its name.
        let unfinished = copy.with_extension("part");
        fs::copy(program, &unfinished)
            .and_then(|_| fs::rename(&unfinished, &copy))
            .with_context(|| format!("cannot copy {} to {}", program.display(), copy.display()))?;
        Ok(copy)
    }

    /// The run folder of a recipe's seed.
    pub(super) fn seed(&self, recipe: &str, seed: u64) -> PathBuf {
        self.folder.join(recipe).join(format!("seed{seed}"))
    }

    /// The run folder of a recipe's cross-validation.
    pub(super) fn folds(&self, recipe: &str, folds: usize, seeds: &[u64]) -> PathBuf {
        let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
        self.folder.join(recipe).join(format!("{folds}folds-{}", seeds.join("-")))
    }

    /// Where experiments leave their outcomes, a folder each; quick ones by themselves.
    pub(super) fn experiments(&self, quick: bool) -> PathBuf {
        self.folder.join(if quick { "experiments-quick" } else { "experiments" })
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.folder
    }
}
