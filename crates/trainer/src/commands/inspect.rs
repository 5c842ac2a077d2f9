//! `inspect`: what a report shows of a trained model, as JSON.

use crate::cli::InspectArgs;
use crate::data;
use crate::inspect::{coefficients, first_layer, gallery};
use crate::output::answer;
use crate::progress::Progress;
use crate::run_folder;
use crate::trained::TrainedModel;
use anyhow::{Context, Result};
use serde_json::json;
use zoo_core::DataError;

/// Pictures of the weights, and of test images where their data is at hand.
pub(crate) fn inspect(args: &InspectArgs) -> Result<()> {
    let device = super::open_device(&args.device)?;
    let (model, seed) = match (&args.run, &args.pretrained) {
        (Some(run), _) => (TrainedModel::of_run(run, &device)?, run_folder::read(run)?.1.seed),
        (None, name) => {
            let name = name.as_deref().context("inspect wants --run or --pretrained")?;
            (TrainedModel::pretrained(name, &device)?, 0)
        }
    };
    let store = super::store(&args.data, Progress::None)?;
    let (images, reason) = match data::prepare(&model.recipe, &store, seed) {
        Ok(mut splits) => {
            splits.batcher.normalizer = model.facts.normalizer.clone();
            (gallery(&model, &splits.batcher, &splits.test, &device)?, None)
        }
        Err(error) if error.downcast_ref::<DataError>().is_some() => (None, Some(format!("{error:#}"))),
        Err(error) => return Err(error),
    };
    let object = json!({
        "model": model.recipe.name, "images": images, "reason": reason,
        "first_layer": first_layer(&model)?, "coefficients": coefficients(&model),
    });
    answer(&object.to_string())
}
