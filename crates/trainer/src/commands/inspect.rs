//! `inspect`: what a report shows of a trained model, as JSON.

use super::shared::{model, open_device, store};
use crate::args::InspectArgs;
use crate::inspect;
use crate::output::answer;
use crate::progress::ProgressMode;
use anyhow::Result;

pub(crate) fn inspect(args: &InspectArgs) -> Result<()> {
    let device = open_device(&args.device)?;
    let (model, seed) = model(&args.run, &args.pretrained, &device)?;
    let store = store(&args.data, ProgressMode::None)?;
    let inspection = inspect::inspect(&model, &store, seed, &device)?;
    Ok(answer(&serde_json::to_string(&inspection)?)?)
}
