//! Checkpoints: everything a run needs to go on to the same bits, in one file that is whole or not used.
//!
//! A file is the sha256 of the rest (32 bytes), then safetensors: the parameters, the best parameters so far, the parameters'
//! running mean (`average.*`) if the recipe asks for one, the optimizer's record, and the training state as JSON metadata. The
//! two newest are kept, so that a damaged file costs one interval.

use crate::error::TrainError;
use crate::files;
use crate::state::TrainingState;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use zoo_core::weights::NamedTensor;
use zoo_core::weights::{tensor_of_view, view_of};
use zoo_core::{Flush, check_is_file, write_atomically};

/// How many checkpoints stay on disk.
const KEPT: usize = 2;
const EXTENSION: &str = "ckpt";
const STATE: &str = "state";
const MODEL: &str = "model.";
const BEST: &str = "best.";
const AVERAGE: &str = "average.";
const OPTIMIZER: &str = "optimizer";

/// A moment of a training run, between two steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Where in the run it is, and what was measured so far.
    pub state: TrainingState,
    /// The parameters.
    pub model: Vec<NamedTensor>,
    /// The parameters of the best epoch so far; empty before the first epoch has ended.
    pub best: Vec<NamedTensor>,
    /// The running mean of the parameters; empty where the recipe asks for none.
    pub average: Vec<NamedTensor>,
    /// The optimizer's state, in Burn's own format, keyed by parameter number.
    pub optimizer: Vec<u8>,
}

/// What a folder of checkpoints holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundCheckpoint {
    /// The newest whole one.
    pub checkpoint: Option<Checkpoint>,
    /// Those set aside, newest first.
    pub damaged: Vec<PathBuf>,
}

/// The folder a run's checkpoints live in.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
}

impl Checkpoints {
    /// Checkpoints in `folder`, which is created.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn open(folder: PathBuf) -> Result<Self, TrainError> {
        files::make(&folder)?;
        Ok(Self { folder })
    }

    /// Saves under a name that sorts by progress, then removes all but the newest two.
    ///
    /// # Errors
    /// If the file cannot be written; the earlier ones are left as they are.
    pub fn save(&self, checkpoint: &Checkpoint) -> Result<(), TrainError> {
        let state = &checkpoint.state;
        let name = format!("epoch-{:06}-step-{:09}.{EXTENSION}", state.epochs_done, state.steps_done_in_epoch);
        let bytes = checkpoint.to_bytes();
        let bytes = bytes.map_err(|reason| TrainError::Checkpoint { action: "write", reason: reason.to_string() })?;
        // On disk before an older one goes, so that a power cut leaves one that is whole.
        write_atomically(&self.folder.join(name), &bytes, Flush::ToDisk)?;
        for old in self.files()?.iter().rev().skip(KEPT) {
            // A file that cannot be removed only takes up room.
            let _ = fs::remove_file(old);
        }
        Ok(())
    }

    /// The newest checkpoint that is whole, if there is one. Damaged ones are renamed to `*.damaged`, out of the way of what is saved
    /// from here on, and named.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read: what cannot be read now may be whole all the same, and stays.
    pub fn newest(&self) -> Result<FoundCheckpoint, TrainError> {
        let mut damaged = Vec::new();
        for file in self.files()?.into_iter().rev() {
            let bytes = check_is_file(&file).and_then(|()| fs::read(&file));
            let bytes = bytes.map_err(TrainError::io("read the checkpoint", &file))?;
            match Checkpoint::from_bytes(&bytes) {
                Ok(checkpoint) => return Ok(FoundCheckpoint { checkpoint: Some(checkpoint), damaged }),
                Err(error) => {
                    tracing::warn!("the checkpoint {} is damaged and not used: {error}", file.display());
                    let aside = file.with_extension(format!("{EXTENSION}.damaged"));
                    fs::rename(&file, &aside).map_err(TrainError::io("rename the damaged", &file))?;
                    damaged.push(aside);
                }
            }
        }
        Ok(FoundCheckpoint { checkpoint: None, damaged })
    }

    /// All checkpoint files, oldest first.
    fn files(&self) -> Result<Vec<PathBuf>, TrainError> {
        let entries = || -> io::Result<Vec<_>> { fs::read_dir(&self.folder)?.map(|entry| Ok(entry?.path())).collect() };
        let mut files: Vec<PathBuf> = entries().map_err(TrainError::io("read the folder", &self.folder))?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        files.sort();
        Ok(files)
    }
}

/// Whether a file is a checkpoint by its name, also one set aside as damaged.
pub(crate) fn is_checkpoint(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".damaged").unwrap_or(&name);
    name.starts_with("epoch-") && name.strip_suffix(EXTENSION).is_some_and(|name| name.ends_with('.'))
}

/// What is wrong with a file, in the words of whoever noticed.
type Damage = Box<dyn std::error::Error + Send + Sync>;

impl Checkpoint {
    fn to_bytes(&self) -> Result<Vec<u8>, Damage> {
        let mut all: Vec<(String, TensorView<'_>)> = Vec::new();
        for (prefix, tensors) in [(MODEL, &self.model), (BEST, &self.best), (AVERAGE, &self.average)] {
            all.extend(tensors.iter().map(|tensor| (format!("{prefix}{}", tensor.0), view_of(tensor))));
        }
        all.push((OPTIMIZER.to_string(), TensorView::new(Dtype::U8, vec![self.optimizer.len()], &self.optimizer)?));
        let metadata = HashMap::from([(STATE.to_string(), serde_json::to_string(&self.state)?)]);
        let payload = safetensors::serialize(all, Some(metadata))?;
        Ok([Sha256::digest(&payload).as_slice(), &payload].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Damage> {
        let (digest, payload) = bytes.split_at_checked(32).ok_or_else(|| format!("it has {} bytes", bytes.len()))?;
        if Sha256::digest(payload).as_slice() != digest {
            return Err("its sha256 does not match its content".into());
        }
        let (_, header) = SafeTensors::read_metadata(payload)?;
        let metadata = header.metadata().as_ref().and_then(|metadata| metadata.get(STATE)).ok_or("it has no state")?;
        let file = SafeTensors::deserialize(payload)?;
        Ok(Self {
            state: serde_json::from_str(metadata)?,
            model: with_prefix(&file, MODEL)?,
            best: with_prefix(&file, BEST)?,
            average: with_prefix(&file, AVERAGE)?,
            optimizer: file.tensor(OPTIMIZER)?.data().to_vec(),
        })
    }
}

fn with_prefix(file: &SafeTensors<'_>, prefix: &str) -> Result<Vec<NamedTensor>, Damage> {
    let named = file.iter().filter_map(|(name, view)| Some((name.strip_prefix(prefix)?, view)));
    named.map(|(name, view)| Ok(tensor_of_view(name, &view)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::TensorData;
    use std::path::Path;

    fn checkpoint(epochs_done: usize) -> Checkpoint {
        let weight = ("output.weight".to_string(), TensorData::new(vec![0.1f32, -2.0, 3.5, f32::MIN_POSITIVE], [2, 2]));
        let state = TrainingState { epochs_done, seconds: 0.1 + 0.2, ..TrainingState::default() };
        Checkpoint {
            state,
            model: vec![weight.clone()],
            best: vec![weight.clone()],
            average: vec![weight],
            optimizer: vec![1, 2, 3],
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("readable")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_newest_comes_back_bit_for_bit_and_two_are_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let checkpoints = Checkpoints::open(folder.path().to_path_buf()).expect("a folder");
        assert_eq!(checkpoints.newest().expect("readable").checkpoint, None);
        for epochs_done in [9, 10, 11] {
            checkpoints.save(&checkpoint(epochs_done)).expect("writable");
        }
        assert_eq!(checkpoints.newest().expect("readable").checkpoint, Some(checkpoint(11)));
        assert_eq!(names(folder.path()), ["epoch-000010-step-000000000.ckpt", "epoch-000011-step-000000000.ckpt"]);
    }

    #[test]
    fn a_damaged_file_is_passed_over() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let checkpoints = Checkpoints::open(folder.path().to_path_buf()).expect("a folder");
        checkpoints.save(&checkpoint(1)).expect("writable");
        let whole = checkpoint(2).to_bytes().expect("serializable");
        let newest = folder.path().join("epoch-000002-step-000000000.ckpt");
        for damage in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[damage] ^= 1;
            assert!(Checkpoint::from_bytes(&flipped).is_err(), "byte {damage}");
            assert!(Checkpoint::from_bytes(&whole[..damage]).is_err(), "cut at {damage}");
        }
        fs::write(&newest, &whole[..whole.len() / 2]).expect("writable");
        let found = checkpoints.newest().expect("readable");
        assert_eq!((found.checkpoint, found.damaged.len()), (Some(checkpoint(1)), 1));
        checkpoints.save(&checkpoint(2)).expect("writable");
        assert_eq!(checkpoints.newest().expect("readable").checkpoint, Some(checkpoint(2)));
    }

    #[test]
    fn new_checkpoints_outlive_damaged_ones() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let checkpoints = Checkpoints::open(folder.path().to_path_buf()).expect("a folder");
        for epochs_done in [21, 22] {
            fs::write(folder.path().join(format!("epoch-{epochs_done:06}-step-000000000.ckpt")), "x")
                .expect("writable");
        }
        let found = checkpoints.newest().expect("readable");
        assert_eq!((found.checkpoint, found.damaged.len()), (None, 2));
        checkpoints.save(&checkpoint(1)).expect("writable");
        assert_eq!(checkpoints.newest().expect("readable").checkpoint, Some(checkpoint(1)));
    }

    #[test]
    fn a_checkpoint_that_cannot_be_read_is_an_error_and_stays() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let checkpoints = Checkpoints::open(folder.path().to_path_buf()).expect("a folder");
        checkpoints.save(&checkpoint(1)).expect("writable");
        // A folder of that name cannot be read by anybody, not even by root.
        fs::create_dir(folder.path().join("epoch-000002-step-000000000.ckpt")).expect("writable");
        let before = names(folder.path());
        let refused = checkpoints.newest().expect_err("unreadable").to_string();
        assert!(refused.contains("cannot read the checkpoint") && refused.contains("epoch-000002"), "{refused}");
        assert_eq!(names(folder.path()), before);
    }
}
