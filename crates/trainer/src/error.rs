//! What can go wrong in a training, one sentence each.

use crate::network::NetworkError;
use crate::pretrained::NotShipped;
use crate::registry::RegistryError;
use crate::shell::flag_with;
use std::io;
use std::path::{Path, PathBuf};
use zoo_core::weights::{LoadError, WeightsError};
use zoo_core::{DataError, WriteError};
use zoo_import::ImportError;
use zoo_recipe::RecipeError;
use zoo_results::ReportError;
use zoo_train::readback::ReadbackError;

/// Why a run could not be started, trained, evaluated or read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// Loss or weights stopped being finite.
    #[error(
        "{what} in epoch {epoch}, batch {batch} of {batches}: training has diverged. Start anew with a lower learning rate \
         (--learning-rate), gradient clipping (--set 'regularization.gradient_clipping={{norm={{max=1.0}}}}') or another \
         initializer; checkpoints made before are kept"
    )]
    Diverged {
        /// What is no longer finite, as a clause.
        what: String,
        /// Counted from 1.
        epoch: usize,
        /// Counted from 1.
        batch: usize,
        /// Batches per epoch.
        batches: usize,
    },

    /// Batch norm cannot learn from a batch of one, whose every value is its own mean.
    #[error(
        "training.batch_size = {batch_size} leaves a batch of one of the {examples} training examples, and batch norm \
         wants at least two in a batch; choose another batch size, such as {other} (--batch-size)"
    )]
    BatchOfOne {
        /// The recipe's.
        batch_size: usize,
        /// Training examples.
        examples: usize,
        /// The nearest one that fits.
        other: usize,
    },

    /// A recipe's claim is about another network.
    #[error(
        "the recipe {recipe} claims {claimed} parameters, and its network has {has}; correct `claim.parameters` or `model`, or \
         leave the section [claim] out"
    )]
    Parameters {
        /// Its name.
        recipe: String,
        /// What it says.
        claimed: usize,
        /// What it makes.
        has: usize,
    },

    /// A checkpoint was saved by a run that differs from the one to go on with.
    #[error(
        "the checkpoint was made with another {what} ({then}) than the run has now ({now}); put it back as it was, \
         or train anew in another folder"
    )]
    OtherCheckpoint {
        /// What differs: `seed`.
        what: &'static str,
        /// Its value in the checkpoint.
        then: String,
        /// Its value now.
        now: String,
    },

    /// The recipe of a run was changed after a checkpoint was saved.
    #[error(
        "the checkpoint was made by another recipe than the run has now ({changes}); put it back as it was, or train anew in another folder"
    )]
    ChangedRecipe {
        /// What was changed in it, in words.
        changes: String,
    },

    /// A checkpoint cannot be written or used.
    #[error("cannot {action} the checkpoint: {reason}")]
    Checkpoint {
        /// A verb: `write`, `use`.
        action: &'static str,
        /// What the writer or reader said.
        reason: String,
    },

    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// A verb and its object: `create the run folder`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A new run wants an empty folder.
    #[error(
        "the run folder {} is not empty; go on with its run by {}, or name another folder with --out",
        path.display(), flag_with("--resume", path)
    )]
    FolderNotEmpty {
        /// The folder.
        path: PathBuf,
    },

    /// Another process holds the folder's lock.
    #[error("another process is training in {}; wait for it or stop it", path.display())]
    FolderInUse {
        /// The folder.
        path: PathBuf,
    },

    /// The process that made the folder ended before its run began.
    #[error(
        "the run in {} never started: it was stopped before run.json was written; start it again with {}",
        path.display(), flag_with("--out", path)
    )]
    NeverStarted {
        /// The folder.
        path: PathBuf,
    },

    /// The folder is not a run folder.
    #[error("{} is not a run folder: {reason}", path.display())]
    NotARunFolder {
        /// The folder.
        path: PathBuf,
        /// What is missing, and what may have been meant.
        reason: String,
    },

    /// Where a folder of runs is to be there is a file.
    #[error("{} is a file, expected a folder; name another", path.display())]
    NotAFolder {
        /// What was named.
        path: PathBuf,
    },

    /// Where a folder is to be made there is a file.
    #[error("cannot make the folder {}: {} is a file; name a new folder", path.display(), file.display())]
    FileInPlaceOfFolder {
        /// The folder.
        path: PathBuf,
        /// The file: in its place, or in that of a folder above it.
        file: PathBuf,
    },

    /// The folder holds a run that differs from the one asked for.
    #[error("{} was trained by another {what} ({then}) than is asked for ({now}); move it away or name another folder", path.display())]
    OtherRun {
        /// The folder.
        path: PathBuf,
        /// What differs: `seed`.
        what: &'static str,
        /// Its value in the folder.
        then: String,
        /// Its value now.
        now: String,
    },

    /// The folder holds a run by another recipe than the one asked for.
    #[error("{} was trained by another recipe than is asked for ({changes}); move it away or name another folder", path.display())]
    OtherRecipe {
        /// The folder.
        path: PathBuf,
        /// From the run's recipe to the one asked for, in words.
        changes: String,
    },

    /// The folder holds a sweep that differs from the one asked for.
    #[error(
        "{} holds another sweep than is asked for: {difference}; give the command that made it, go on with \
         {}, or name another folder with --out", path.display(), flag_with("--resume", path)
    )]
    OtherSweep {
        /// The folder.
        path: PathBuf,
        /// What the one in the folder has: `it has the run seed1`.
        difference: String,
    },

    /// A file of the run folder holds something else than it should.
    #[error("{}{reason}", file.display())]
    RunFile {
        /// The file.
        file: PathBuf,
        /// The rest of the sentence.
        reason: String,
    },

    /// The device's backend is not part of this program.
    #[error(
        "the device {device} is not compiled into this program; build it with `cargo run -p trainer --features {device} -- ...` \
         (compiled in: {compiled_in})"
    )]
    DeviceNotCompiledIn {
        /// Its name.
        device: &'static str,
        /// The names of the others, comma-separated.
        compiled_in: String,
    },

    /// A first small computation on the device failed.
    #[error(
        "the device {device} does not work on this machine ({reason}); install its driver or choose another with --device"
    )]
    DeviceBroken {
        /// Its name.
        device: &'static str,
        /// What the driver said.
        reason: String,
    },

    /// No device has this name.
    #[error("unknown device {name:?}; {known}")]
    UnknownDevice {
        /// What was asked for.
        name: String,
        /// What there is, as a clause.
        known: String,
    },

    /// The environment asks for vector instructions that the processor does not have.
    #[error("{0}")]
    InstructionSet(String),

    /// The device did not hand a result back.
    #[error(transparent)]
    Readback(#[from] ReadbackError),

    /// The system refuses to tell of Ctrl-C.
    #[error("cannot listen for Ctrl-C: {0}")]
    Signals(io::Error),

    /// The system refuses threads.
    #[error("cannot start the threads: {0}")]
    Threads(String),

    /// A picture cannot be encoded.
    #[error("cannot encode a picture: {0}")]
    Picture(String),

    /// The data set cannot be had.
    #[error(transparent)]
    Data(#[from] DataError),

    /// A user's own data cannot be used.
    #[error(transparent)]
    Import(#[from] ImportError),

    /// A user's own data is not what a run learned from.
    #[error(
        "the data changed since the run began: {} has the digest {found}, and the run has {expected}; put the old files back, or train anew",
        path.display()
    )]
    DataChanged {
        /// The folder or file.
        path: PathBuf,
        /// The digest of its contents now.
        found: String,
        /// As the run has it.
        expected: String,
    },

    /// The recipe is not one.
    #[error(transparent)]
    Recipe(#[from] Box<RecipeError>),

    /// A report cannot be read or written.
    #[error(transparent)]
    Report(#[from] ReportError),

    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),

    /// The data cannot be cut or used as the recipe asks.
    #[error("{0}")]
    Splits(String),

    /// The model cannot have these sizes.
    #[error(transparent)]
    Network(#[from] NetworkError),

    /// The recipe's name is not one of the zoo's.
    #[error(transparent)]
    Registry(#[from] RegistryError),

    /// No weights ship under that name.
    #[error(transparent)]
    NotShipped(#[from] NotShipped),

    /// A weights file cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),

    /// A weights file cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),

    /// Weights or a run that are not what they should be.
    #[error("{0}")]
    Trained(String),

    /// A layer of the network is not one that integers compute.
    #[error(
        "{recipe} cannot be brought to 8-bit integers: {reason}; it can be used as it is, in floating-point numbers"
    )]
    NotForIntegers {
        /// Its name.
        recipe: String,
        /// What is not taken, and what is.
        reason: String,
    },

    /// A training cannot start from the weights, or train the layers, that its recipe's `[init]` names.
    #[error("{0}")]
    Init(String),

    /// A run cannot be made longer.
    #[error("{0}")]
    Extension(String),
}

impl TrainError {
    /// For [`Result::map_err`]: the operating system refused to do that to the file or folder.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }

    /// Whether the run folder holds another run than was asked for, or what is left of one that cannot be gone on with; not if it is in
    /// use, or cannot be read now.
    pub fn cannot_go_on(&self) -> bool {
        matches!(
            self,
            Self::FolderNotEmpty { .. }
                | Self::NotARunFolder { .. }
                | Self::OtherRun { .. }
                | Self::OtherRecipe { .. }
                | Self::ChangedRecipe { .. }
                | Self::OtherCheckpoint { .. }
                | Self::RunFile { .. }
                | Self::Recipe(_)
                | Self::Report(ReportError::Schema { .. })
        )
    }

    /// The same of a run that has begun: the recipe is its own, so the data has changed since.
    pub(crate) fn of_begun_run(self) -> Self {
        match self {
            Self::Import(ImportError::Changed { path, found, expected }) => Self::DataChanged { path, found, expected },
            other => other,
        }
    }
}

impl From<RecipeError> for TrainError {
    fn from(error: RecipeError) -> Self {
        Box::new(error).into()
    }
}
