//! A trained model read back from its weights file.

use crate::error::TrainError;
use crate::evaluate::predict;
use crate::finished::written_again;
use crate::network::Network;
use crate::pretrained;
use crate::run_folder::{self, CrossValidation, RunSettings, report_file};
use crate::shell::flag_with;
use burn::module::Module;
use burn::tensor::Device;
use std::fmt::Debug;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
#[cfg(feature = "flex")]
use std::sync::OnceLock;
use zoo_core::weights::{Facts, Weights};
use zoo_core::{Batcher, DataError, Examples, Inputs, sha256_file, sha256_hex};
use zoo_recipe::Recipe;
use zoo_results::{Report, ReportError};

/// A network with everything its weights file says about it.
#[derive(Debug)]
pub struct TrainedModel {
    /// Ready for inference.
    pub network: Network,
    /// What it was trained by.
    pub recipe: Recipe,
    /// Preprocessing and names.
    pub facts: Facts,
    device: Device,
    /// The network made ready to answer, once it was asked for something.
    #[cfg(feature = "flex")]
    prepared: OnceLock<Option<zoo_kernels::PreparedNetwork>>,
}

impl TrainedModel {
    /// Reads the weights of a finished run.
    ///
    /// # Errors
    /// If the folder is not a run folder, its weights are missing or damaged, or they are another run's.
    pub fn of_run(run: &Path, device: &Device) -> Result<Self, TrainError> {
        let (recipe, settings) = run_folder::read(run)?;
        let file = weights_of(run, &settings)?;
        let model = Self::load(&file, device)?;
        // While a run is trained longer, its weights are still those of the shorter one.
        let mut expected = recipe.clone();
        if !settings.extensions.is_empty() {
            expected.training.epochs = model.recipe.training.epochs;
        }
        if model.recipe.sha256() != expected.sha256() {
            let (path, found, own) = (file.display(), &model.recipe.name, &recipe.name);
            let changes =
                model.recipe.diff_in_words(&expected).map(|changes| format!(" ({changes})")).unwrap_or_default();
            return Err(TrainError::Trained(format!(
                "{path} holds weights of {found} by another recipe than this run's, {own}{changes}; put the run's own back or train again"
            )));
        }
        // Last: what is wrong inside says more.
        check_digest(run, &file)?;
        Ok(model)
    }

    /// Reads a weights file of this trainer.
    ///
    /// # Errors
    /// If the file is damaged, or its tensors do not fit the model its own recipe describes.
    pub fn load(path: &Path, device: &Device) -> Result<Self, TrainError> {
        Self::build(Weights::read(path)?, &path.display().to_string(), device)
    }

    /// The weights of that name that ship with the zoo.
    ///
    /// # Errors
    /// If there are none, the file compiled in is not the one that was recorded, or its recipe is one of another version.
    pub fn pretrained(name: &str, device: &Device) -> Result<Self, TrainError> {
        Self::build(pretrained::find(name)?.open()?, &format!("the shipped {name}"), device)
    }

    fn build(weights: Weights, origin: &str, device: &Device) -> Result<Self, TrainError> {
        let Weights { tensors, mut facts } = weights;
        let recipe = Recipe::parse(&facts.recipe, &format!("the recipe inside {origin}"))?;
        // Files of schema 1 leave it to the data set.
        facts.picture = facts.picture.or_else(|| recipe.data.picture());
        let holds_none =
            |reason: String| TrainError::Trained(format!("{origin} does not hold a {}: {reason}", recipe.name));
        if let Some(reason) = contradiction(&facts, &recipe) {
            return Err(holds_none(reason));
        }
        let network = Network::of_tensors(&recipe.model, &recipe.sizes(), &tensors, device);
        let network = network.map_err(|error| holds_none(error.to_string()))?;
        Ok(Self::of_parts(network.valid(), recipe, facts, device.clone()))
    }

    /// A network with what a weights file would say of it.
    pub fn of_parts(network: Network, recipe: Recipe, facts: Facts, device: Device) -> Self {
        Self {
            network,
            recipe,
            facts,
            device,
            #[cfg(feature = "flex")]
            prepared: OnceLock::new(),
        }
    }

    /// The logits of each of `count` examples, normalized as in training.
    ///
    /// # Errors
    /// If the examples are not of the model's shape.
    pub fn logits(&self, mut inputs: Inputs, count: usize) -> Result<Vec<Vec<f32>>, TrainError> {
        if inputs.shape() != self.facts.input_shape {
            return Err(TrainError::Trained(format!(
                "the model wants examples of shape {:?}, found {:?}",
                self.facts.input_shape,
                inputs.shape()
            )));
        }
        if let Inputs::Table(table) = &mut inputs {
            zoo_table::fill(&mut table.values, &self.facts.fill);
        }
        if let Some(logits) = self.prepared_logits(&inputs) {
            return Ok(logits.chunks_exact(logits.len() / count).map(<[f32]>::to_vec).collect());
        }
        // What is true of them is not known, and not asked for.
        let examples = match self.facts.target {
            Some(_) => Examples::of_numbers(inputs, vec![0.0; count]),
            None => Examples::of_classes(inputs, vec![0; count]),
        };
        let batcher = Batcher { normalizer: self.facts.normalizer.clone(), augmentations: Vec::new(), seed: 0 };
        let predictions = predict(&self.network, &self.recipe.loss, &batcher, &examples, &self.device, |_| {})?;
        Ok(predictions.logits.chunks_exact(predictions.width).map(<[f32]>::to_vec).collect())
    }
}

#[cfg(feature = "flex")]
impl TrainedModel {
    /// Those of the network made ready, where the CPU answers and has the kernels for it.
    fn prepared_logits(&self, inputs: &Inputs) -> Option<Vec<f32>> {
        if self.device != Device::flex() {
            return None;
        }
        let prepared = self.prepared.get_or_init(|| self.network.prepare(&self.facts.input_shape)).as_ref()?;
        prepared.forward(&self.facts.normalizer.apply(inputs))
    }
}

#[cfg(not(feature = "flex"))]
impl TrainedModel {
    fn prepared_logits(&self, _: &Inputs) -> Option<Vec<f32>> {
        None
    }
}

/// Whether the weights are those that the run's report is of, if there is one.
fn check_digest(run: &Path, file: &Path) -> Result<(), TrainError> {
    let report = match Report::read(&report_file(run)) {
        Ok(report) => report,
        // A run that was stopped before its report, or one of another version.
        Err(ReportError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => return Ok(()),
        Err(ReportError::Schema { .. }) => return Ok(()),
        Err(error @ (ReportError::Parse { .. } | ReportError::Classes { .. } | ReportError::Score { .. })) => {
            return Err(TrainError::Trained(format!("{error}; {}", written_again(run))));
        }
        Err(error) => return Err(error.into()),
    };
    let found = match sha256_file(file) {
        Err(DataError::Empty { .. }) => sha256_hex(&[]),
        found => found?,
    };
    let expected = &report.weights_sha256;
    if found == *expected || is_of_longer_run(run, &report, file)? {
        return Ok(());
    }
    Err(TrainError::Trained(format!(
        "{} has the sha256 {found:.12}, and the run's report is of {expected:.12}: it was changed, or is another run's; put the run's own back, \
         or train again",
        file.display()
    )))
}

/// Whether a run was made longer and its weights are those of the longer run, whose report is not written yet.
fn is_of_longer_run(run: &Path, report: &Report, file: &Path) -> Result<bool, TrainError> {
    let (recipe, settings) = run_folder::read(run)?;
    if settings.extensions.is_empty() || report.recipe_sha256 == recipe.sha256() {
        return Ok(false);
    }
    let Weights { facts, .. } = Weights::read(file)?;
    Ok(Recipe::parse(&facts.recipe, "the recipe of the weights")?.sha256() == recipe.sha256())
}

/// The weights file of a finished run.
///
/// # Errors
/// If the folder is not a run folder, the run is a cross-validation or not finished, or the weights are not those of its report.
pub fn finished_weights(run: &Path) -> Result<PathBuf, TrainError> {
    let (_, settings) = run_folder::read(run)?;
    let file = weights_of(run, &settings)?;
    check_digest(run, &file)?;
    Ok(file)
}

/// Where the weights of a finished run are, whatever they are.
fn weights_of(run: &Path, settings: &RunSettings) -> Result<PathBuf, TrainError> {
    if matches!(settings.cross_validation, Some(CrossValidation::All(_))) {
        return Err(TrainError::Trained(format!(
            "{0} is a cross-validation, not one run; name one of its folds, such as {0}/seed{1}-fold01",
            run.display(),
            settings.seed
        )));
    }
    let file = run_folder::weights_file(run);
    if let (false, Some(reason)) = (file.exists(), run_folder::divergence(run)) {
        return Err(TrainError::Trained(format!("the run {} is not finished: {reason}", run.display())));
    }
    if !file.exists() {
        return Err(TrainError::Trained(format!(
            "the run {} is not finished: there is no {}; go on with it by {}",
            run.display(),
            file.display(),
            flag_with("--resume", run)
        )));
    }
    // A pipe would be waited for.
    if !file.is_file() {
        let path = file.display();
        return Err(TrainError::Trained(format!(
            "{path} is not a file; put the run's own weights back or train again"
        )));
    }
    Ok(file)
}

/// How what the file says of the model differs from what its recipe says, if it does: every name and size stands in both.
fn contradiction(facts: &Facts, recipe: &Recipe) -> Option<String> {
    let model = serde_json::to_value(&recipe.model).expect("a recipe is texts and numbers");
    let data = &recipe.data;
    let differs = |key: &str, found: &dyn Debug, expected: &dyn Debug| {
        Some(format!("its {key} is {found:?}, expected {expected:?} by its recipe; train again or copy it again"))
    };
    match () {
        () if facts.model != model => differs("model", &facts.model.to_string(), &model.to_string()),
        () if facts.input_shape != data.input_shape() => {
            differs("input_shape", &facts.input_shape, &data.input_shape())
        }
        () if facts.class_names != data.class_names() => {
            differs("class_names", &facts.class_names, &data.class_names())
        }
        () if facts.target.is_some() != recipe.is_regression() => differs("target", &facts.target, &data.target),
        () if facts.picture != data.picture() => differs("picture", &facts.picture, &data.picture()),
        () if facts.columns != data.columns() => differs("columns", &facts.columns, &data.columns()),
        () => None,
    }
}
