//! A whole run in process: from a recipe to a finished run folder.
//!
//! [`train_in`] is all of it. What tells its user more, as the command line does, takes the same steps one by one: [`Prepared`] has
//! the data, a [`Job`] the folder, too.

use crate::checkpoint::FoundCheckpoint;
use crate::data::{self, Fold, Splits, cut_fold};
use crate::device::{DeviceName, use_threads};
use crate::error::TrainError;
use crate::extension::{EpochCount, extend};
use crate::finished::{finished_folds, finished_run};
use crate::folds::{FoldsSession, plans};
use crate::init::InitWeights;
use crate::interrupt::StopFlag;
use crate::network::Network;
use crate::observer::Observer;
use crate::results::data_facts;
use crate::run_folder::{self, CrossValidation, Repeats, RunFolder, RunSettings};
use crate::schedule::learning_rate;
use crate::session::Session;
use crate::state::TrainingState;
use crate::taken_folds::{check_folds, check_sources};
use crate::training::check_batches;
use crate::warm_start::{self, WarmStart};
use burn::tensor::Device;
use std::path::{Path, PathBuf};
use zoo_core::{Dataset, Examples, Progress};
use zoo_recipe::Recipe;
use zoo_results::{DataFacts, FoldsReport, Report};

pub use crate::request::{Downloads, Request, ResumeOptions};

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Ended {
    /// With a model and its report.
    Finished(Box<Report>),
    /// With a model per fold, and a report on all of them.
    CrossValidated(Box<FoldsReport>),
    /// Stopped by the user; the folder holds what is needed to go on.
    Interrupted,
}

/// Trains in `folder`: creates it, or goes on in it if it holds this very run. What is finished already is returned at once.
///
/// The thread that calls is the one that trains: it has to be the same for all runs of a process ([`use_threads`]).
///
/// # Errors
/// If the folder holds another run (by recipe, seed, device or folds) or something else, the data cannot be had, the device does
/// not work, the training diverges or a file cannot be written.
pub fn train_in(
    folder: &Path,
    request: Request,
    observer: &mut dyn Observer,
    stop: &StopFlag,
) -> Result<Ended, TrainError> {
    if !run_folder::exists(folder) {
        return Prepared::new(request, Progress::Hidden)?.create(folder)?.train(observer, stop);
    }
    let (recipe, settings) = run_folder::read(folder)?;
    request.check_same(folder, &recipe, &settings)?;
    match finished(folder)? {
        Some(ended) => Ok(ended),
        None => {
            let Request { threads, data_dir, offline, folds_from, .. } = request;
            let options = ResumeOptions { threads: Some(threads), data_dir, offline, epochs: None, folds_from };
            Job::resume(folder, options, Progress::Hidden)?.train(observer, stop)
        }
    }
}

/// What the run in `folder` reached, if it is finished: its report is whole, and the weights are those that it is of.
///
/// # Errors
/// If one of them cannot be read, or is another version's.
pub fn finished(folder: &Path) -> Result<Option<Ended>, TrainError> {
    if let Some(report) = finished_run(folder)? {
        return Ok(Some(Ended::Finished(Box::new(report))));
    }
    Ok(finished_folds(folder)?.map(|report| Ended::CrossValidated(Box::new(report))))
}

/// A run whose data and device are ready. Nothing of it is on disk yet.
pub struct Prepared {
    /// The recipe as it is trained.
    pub recipe: Recipe,
    /// What decides the run's bits besides.
    pub settings: RunSettings,
    /// The trained weights it starts from, if it does.
    pub warm_start: Option<WarmStart>,
    folds_from: Vec<PathBuf>,
    device: Device,
    data: Trained,
}

/// What a run learns from.
enum Trained {
    Splits(Box<Splits>),
    /// To be cut into folds; with the sizes of the first one's splits.
    Folds(Repeats, Box<Dataset>, DataFacts),
}

/// A run that is ready to start or to go on.
pub struct Job {
    /// Its recipe, settings and data.
    pub prepared: Prepared,
    /// Where it keeps its files.
    pub folder: RunFolder,
    /// The checkpoints found there when the job was made.
    pub found: FoundCheckpoint,
    /// Whether it is to be made longer: its folder is told when it goes on.
    is_longer: bool,
}

impl Prepared {
    /// Starts the threads, tries the device and reads the data, which is downloaded first if it is not here.
    ///
    /// # Errors
    /// If any of these fails, or the data cannot be cut as the recipe asks.
    pub fn new(request: Request, downloads: impl Into<Downloads>) -> Result<Self, TrainError> {
        check_sources(&request.folds_from)?;
        let settings = request.settings();
        let mut recipe = request.recipe;
        let init = warm_start::of_recipe(&mut recipe)?;
        check_folds(&request.folds_from, &recipe, &settings)?;
        let prepared = Self::with(recipe, settings, init, &downloads.into())?;
        Ok(Self { folds_from: request.folds_from, ..prepared })
    }

    fn with(
        recipe: Recipe,
        settings: RunSettings,
        init: Option<InitWeights>,
        downloads: &Downloads,
    ) -> Result<Self, TrainError> {
        use_threads(settings.threads)?;
        let device = settings.device.parse::<DeviceName>()?.open()?;
        let store = downloads.store(settings.data_dir.clone(), settings.offline)?;
        let hold = |splits: &mut Splits| {
            check_batches(&recipe, splits)?;
            warm_start::hold(&recipe, init, splits, &device)
        };
        let (data, warm_start) = match &settings.cross_validation {
            Some(CrossValidation::All(repeats)) => {
                let mut dataset = data::load_for(&recipe, &store)?;
                let mut first = cut_fold(&recipe, &dataset, repeats.seeds[0], Fold { folds: repeats.folds, fold: 1 })?;
                let warm_start = hold(&mut first)?;
                // Of folds, which are cut alike, the first stands for all.
                let of_fold = first.notes.iter().skip(dataset.notes.len());
                let of_fold: Vec<String> =
                    of_fold.map(|note| note.replacen(": ", ": in the first fold, ", 1)).collect();
                dataset.notes.extend(of_fold);
                (Trained::Folds(repeats.clone(), Box::new(dataset), data_facts(&first)), warm_start)
            }
            _ => {
                let mut splits = settings.splits(&recipe, &store)?;
                let warm_start = hold(&mut splits)?;
                (Trained::Splits(Box::new(splits)), warm_start)
            }
        };
        Ok(Self { recipe, settings, warm_start, folds_from: Vec::new(), device, data })
    }

    /// Makes the run's folder.
    ///
    /// # Errors
    /// If it holds anything already, or cannot be written.
    pub fn create(self, folder: &Path) -> Result<Job, TrainError> {
        let folder = RunFolder::create(folder, &self.recipe, &self.settings, self.init_weights())?;
        self.within(folder)
    }

    /// In a folder that was made for it.
    pub(crate) fn within(self, folder: RunFolder) -> Result<Job, TrainError> {
        let found = match &self.data {
            Trained::Splits(_) => folder.checkpoints()?.newest()?,
            Trained::Folds(repeats, ..) => newest_of_folds(repeats, &folder)?,
        };
        Ok(Job { prepared: self, folder, found, is_longer: false })
    }

    /// The weights it starts from, if it does not start from its seed alone.
    pub fn init_weights(&self) -> Option<&InitWeights> {
        self.warm_start.as_ref().map(|start| &start.weights)
    }

    /// What the run is trained and judged on; of a cross-validation, the first fold's.
    pub fn data(&self) -> DataFacts {
        match &self.data {
            Trained::Splits(splits) => data_facts(splits),
            Trained::Folds(_, _, facts) => facts.clone(),
        }
    }

    /// The learning rate of the step that follows those of `state`.
    pub(crate) fn learning_rate_after(&self, state: &TrainingState) -> f64 {
        let training = &self.recipe.training;
        let per_epoch = self.data().train.div_ceil(training.batch_size);
        let step = state.epochs_done * per_epoch + state.steps_done_in_epoch;
        learning_rate(&self.recipe.schedule, step, per_epoch, per_epoch * training.epochs)
    }

    /// What the user should know of the data, a sentence each.
    pub fn notes(&self) -> &[String] {
        match &self.data {
            Trained::Splits(splits) => &splits.notes,
            Trained::Folds(_, dataset, _) => &dataset.notes,
        }
    }

    /// How many examples each class has in all splits together.
    pub fn class_counts(&self) -> Vec<usize> {
        let parts: Vec<&Examples> = match &self.data {
            Trained::Splits(splits) => vec![&splits.train, &splits.valid, &splits.test],
            Trained::Folds(_, dataset, _) => std::iter::once(&dataset.train).chain(&dataset.valid).collect(),
        };
        let classes = self.recipe.classes().max(1); // numbers are counted as one
        let mut counts = vec![0; classes];
        for part in parts {
            counts.iter_mut().zip(part.class_counts(classes)).for_each(|(all, more)| *all += more);
        }
        counts
    }

    /// The trainable parameters of its network.
    ///
    /// # Errors
    /// If the model cannot have the sizes of the data.
    pub fn parameters(&self) -> Result<usize, TrainError> {
        parameters(&self.recipe, &self.device)
    }

    /// Refuses a recipe that claims another number of parameters than its network has: whoever wrote it had another network in mind.
    ///
    /// # Errors
    /// With both numbers.
    pub fn check_claim(&self) -> Result<(), TrainError> {
        let Some(claimed) = self.recipe.claim.as_ref().and_then(|claim| claim.parameters) else {
            return Ok(());
        };
        match self.parameters()? {
            has if has == claimed => Ok(()),
            has => Err(TrainError::Parameters { recipe: self.recipe.name.clone(), claimed, has }),
        }
    }

    /// How the data is cut for a cross-validation; `None` of a single run.
    pub fn repeats(&self) -> Option<&Repeats> {
        match &self.data {
            Trained::Splits(_) => None,
            Trained::Folds(repeats, ..) => Some(repeats),
        }
    }
}

impl Job {
    /// The run of an earlier session.
    ///
    /// # Errors
    /// If the folder is not a run folder or another process trains in it, and as [`Prepared::new`].
    pub fn resume(folder: &Path, options: ResumeOptions, downloads: impl Into<Downloads>) -> Result<Self, TrainError> {
        check_sources(&options.folds_from)?;
        let (folder, recipe, mut settings) = RunFolder::open(folder)?;
        settings.threads = options.threads.unwrap_or(settings.threads);
        settings.data_dir = options.data_dir.or(settings.data_dir);
        settings.offline |= options.offline;
        let init = warm_start::of_folder(folder.path(), &recipe)?;
        let mut job = Prepared::with(recipe, settings, init, &downloads.into())
            .map_err(TrainError::of_begun_run)?
            .within(folder)?;
        job.prepared.folds_from = options.folds_from;
        if let Some(epochs) = options.epochs {
            job.extend(epochs)?;
        }
        Ok(job)
    }

    fn extend(&mut self, epochs: EpochCount) -> Result<(), TrainError> {
        let Self { prepared: Prepared { recipe, settings, data, .. }, folder, found, is_longer } = self;
        match data {
            Trained::Splits(splits) => {
                let before = settings.extensions.len();
                extend(folder, recipe, settings, (&*found, splits), epochs)?;
                *is_longer = settings.extensions.len() > before;
                Ok(())
            }
            Trained::Folds(..) => Err(TrainError::Extension(format!(
                "{} is a cross-validation, whose runs cannot be made longer; cross-validate anew with more epochs",
                folder.path().display()
            ))),
        }
    }

    /// Trains to the end, or until `stop` is raised.
    ///
    /// # Errors
    /// As [`train_in`].
    pub fn train(&self, observer: &mut dyn Observer, stop: &StopFlag) -> Result<Ended, TrainError> {
        let path = self.folder.path();
        // A run that cannot go on is not made longer, which would add up.
        self.folder.check_may_go_on()?;
        run_folder::note_divergence(path, None)?;
        if self.is_longer {
            self.folder.write_settings(&self.prepared.settings)?;
        }
        let ended = self.run(observer, stop);
        observer.end();
        if let Err(error @ TrainError::Diverged { .. }) = &ended {
            run_folder::note_divergence(path, Some(&error.to_string()))?;
        }
        ended
    }

    fn run(&self, observer: &mut dyn Observer, stop: &StopFlag) -> Result<Ended, TrainError> {
        let Self { prepared: Prepared { recipe, settings, device, data, folds_from: from, .. }, folder, found, .. } =
            self;
        let init = self.prepared.init_weights();
        let ended = match data {
            Trained::Splits(splits) => {
                let session = Session { recipe, settings, folder, found: found.clone(), init, splits, device, stop };
                session.train(observer)?.map(|report| Ended::Finished(Box::new(report)))
            }
            Trained::Folds(repeats, dataset, _) => {
                let session = FoldsSession { recipe, settings, repeats, folder, from, init, dataset, device, stop };
                session.train(observer)?.map(|report| Ended::CrossValidated(Box::new(report)))
            }
        };
        Ok(ended.unwrap_or(Ended::Interrupted))
    }

    /// How many models of a cross-validation are finished; 0 of a single run.
    ///
    /// # Errors
    /// If a fold's report or weights cannot be read.
    pub fn finished_folds(&self) -> Result<usize, TrainError> {
        let plans = self.prepared.repeats().map(|repeats| plans(repeats, &self.folder)).transpose()?;
        Ok(plans.unwrap_or_default().iter().filter(|plan| plan.is_finished).count())
    }
}

fn parameters(recipe: &Recipe, device: &Device) -> Result<usize, TrainError> {
    Ok(Network::init(&recipe.model, &recipe.sizes(), 0, device)?.parameters())
}

/// The newest checkpoint of the first fold that is not finished, if it has begun.
fn newest_of_folds(repeats: &Repeats, folder: &RunFolder) -> Result<FoundCheckpoint, TrainError> {
    let plans = plans(repeats, folder)?;
    let next = plans.iter().find(|plan| !plan.is_finished).map(|plan| folder.fold_path(plan.seed, plan.fold));
    match next.filter(|path| run_folder::exists(path)) {
        Some(path) => run_folder::checkpoints(&path)?.newest(),
        None => Ok(FoundCheckpoint::default()),
    }
}
