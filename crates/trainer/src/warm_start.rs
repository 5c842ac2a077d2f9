//! How a run comes to the weights that its recipe's `init.weights` names, and what it takes of them.

use crate::data::Splits;
use crate::error::TrainError;
use crate::init::{InitWeights, Taken};
use crate::layers;
use crate::network::Network;
use crate::trained::finished_weights;
use crate::{pretrained, run_folder};
use burn::tensor::Device;
use std::path::Path;
use zoo_core::Sizes;
use zoo_core::weights::{LoadError, WeightsError};
use zoo_recipe::Recipe;

/// A start from trained weights, held against the network and the data.
#[derive(Clone, Debug)]
pub struct WarmStart {
    /// The weights.
    pub weights: InitWeights,
    /// Which of their layers the network takes.
    pub taken: Taken,
    /// Whether inputs are normalized as the weights have learned to read them; else as the recipe says.
    pub keeps_normalization: bool,
}

/// The weights that `source` names: a run folder, a weights file or, where there is no such path, weights that ship with the zoo.
///
/// # Errors
/// If there are none, the run is not finished, the file is damaged or was not written by the zoo: files of other programs may use
/// the same names for another layout of the numbers.
pub fn find(source: &str) -> Result<InitWeights, TrainError> {
    let path = Path::new(source);
    if run_folder::exists(path) {
        return InitWeights::read(source, &finished_weights(path)?);
    }
    // A pipe or a device is refused as what it is.
    if path.exists() && !path.is_dir() {
        return InitWeights::read(source, path).map_err(|error| expected_instead(path, error));
    }
    match pretrained::find(source) {
        Ok(shipped) => InitWeights::parse(source, shipped.bytes().to_vec()),
        // A folder of runs is told which of them it holds.
        Err(_) if run_folder::run_within(path).is_some() => InitWeights::read(source, &finished_weights(path)?),
        Err(error) => {
            Err(TrainError::Init(format!("{source:?} is neither a run folder nor a weights file, and {error}")))
        }
    }
}

/// The recipe that these weights were trained by.
///
/// # Errors
/// As [`find`], and if the recipe is not one that this version reads.
pub(crate) fn recipe(source: &str) -> Result<Recipe, TrainError> {
    let recipe = Recipe::parse(&find(source)?.weights.facts.recipe, &format!("the recipe in {source}"))?;
    // What that training itself started from, and froze, is its own.
    Ok(Recipe { init: None, ..recipe })
}

/// The error about a file: of one that neither is nor claims to be a weights file, with what may be named instead.
fn expected_instead(path: &Path, error: TrainError) -> TrainError {
    let claims = path.extension().is_some_and(|extension| extension == "safetensors");
    match &error {
        TrainError::Load(LoadError::Use { reason: WeightsError::NotSafetensors { .. }, .. }) if !claims => {
            TrainError::Init(format!(
                "{} is not a weights file; --init takes a name whose weights ship (`trainer list`), a run folder or a file .safetensors",
                path.display()
            ))
        }
        _ => error,
    }
}

/// The weights that a new run starts from. The recipe then names them by their sha256, too.
pub(crate) fn of_recipe(recipe: &mut Recipe) -> Result<Option<InitWeights>, TrainError> {
    let Some((init, source)) = recipe.init.as_mut().and_then(|init| init.weights.clone().map(|source| (init, source)))
    else {
        return Ok(None);
    };
    let weights = find(&source)?;
    weights.check_sha256(init)?;
    init.sha256 = Some(weights.sha256());
    Ok(Some(weights))
}

/// The weights that the run in a folder started from: the folder's own copy or, where that was removed, what the recipe names.
pub(crate) fn of_folder(path: &Path, recipe: &Recipe) -> Result<Option<InitWeights>, TrainError> {
    let Some((init, source)) = recipe.init.as_ref().and_then(|init| Some((init, init.weights.as_ref()?))) else {
        return Ok(None);
    };
    let copy = run_folder::init_file(path);
    let weights = if copy.exists() { InitWeights::read(source, &copy)? } else { find(source)? };
    weights.check_sha256(init)?;
    Ok(Some(weights))
}

/// Holds a recipe's `[init]` against the network that it trains on these splits, whose inputs are then as the weights want them.
pub(crate) fn hold(
    recipe: &Recipe,
    weights: Option<InitWeights>,
    splits: &mut Splits,
    device: &Device,
) -> Result<Option<WarmStart>, TrainError> {
    let Some(init) = &recipe.init else {
        return Ok(None);
    };
    let sizes = Sizes { input: splits.train.inputs.shape(), outputs: recipe.logits_of(splits.class_names.len()) };
    // Its own values are not looked at, so any seed will do.
    let network = Network::init(&recipe.model, &sizes, 0, device)?;
    layers::check(init, &network)?;
    let hold = |weights: InitWeights| {
        let taken = weights.fit(&network, recipe, &splits.class_names)?;
        let keeps_normalization = weights.normalize(splits);
        Ok(WarmStart { weights, taken, keeps_normalization })
    };
    weights.map(hold).transpose()
}
