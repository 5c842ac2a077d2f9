//! `export`: a trained model for other programs.

use super::shared::{
    check_free, check_kept, check_spared, made_from, model, of_settings, open_device, store, write_checked,
};
use crate::TrainError;
use crate::args::{ExportArgs, ExportFormat};
use crate::output::{answer, warn};
use crate::progress::ProgressMode;
use crate::shell::flag_with;
use crate::trained::TrainedModel;
use crate::{data, onnx, run_folder};
use anyhow::{Context, Result, bail};
use zoo_core::Examples;
use zoo_core::weights::Weights;

pub(crate) fn export(args: &ExportArgs) -> Result<()> {
    let format = format(args)?;
    check_free(&args.file, args.force)?;
    check_spared(&args.file, &made_from(&args.model))?;
    check_kept(&args.file, args.model.run.as_deref(), &args.data)?;
    let device = open_device(&args.device)?;
    let (model, seed) = model(&args.model, &device)?;
    let mut cost = None;
    let bytes = match format {
        ExportFormat::Safetensors => Weights { tensors: model.network.named_tensors(), facts: model.facts }.to_bytes(),
        ExportFormat::Onnx => onnx::to_bytes(&model)?,
        ExportFormat::Int8 => {
            let train = training_examples(args, &model, seed);
            let bytes = model.int8_onnx(&train.context("--format int8 is calibrated on training examples")?)?;
            cost = Some(cost_of_int8(args, bytes.len(), onnx::to_bytes(&model)?.len()));
            bytes
        }
    };
    write_checked(&args.file, &bytes, args.force)?;
    if let Some(sentence) = cost {
        warn(&sentence);
    }
    Ok(answer(&args.file.display().to_string())?)
}

/// What there is to know of a file in 8-bit integers, beside the one in `f32`.
fn cost_of_int8(args: &ExportArgs, bytes: usize, f32_bytes: usize) -> String {
    let model = match (&args.model.run, &args.model.pretrained) {
        (Some(run), _) => flag_with("--run", run),
        (None, name) => format!("--pretrained {}", name.as_deref().unwrap_or_default()),
    };
    let size = if bytes < f32_bytes { "instead of" } else { "no fewer than the" };
    format!(
        "note: {bytes} bytes, {size} {f32_bytes} of --format onnx; 8-bit integers round, and `trainer eval {model} --int8` measures what \
         that costs"
    )
}

/// What the model was trained on.
fn training_examples(args: &ExportArgs, model: &TrainedModel, seed: u64) -> Result<Examples> {
    let splits = match &args.model.run {
        Some(run) => {
            let (_, settings) = run_folder::read(run)?;
            let store = store(&of_settings(&args.data, &settings), ProgressMode::Auto)?;
            settings.splits(&model.recipe, &store).map_err(TrainError::of_begun_run)?
        }
        None => data::prepare(&model.recipe, &store(&args.data, ProgressMode::Auto)?, seed)?,
    };
    Ok(splits.train)
}

/// The format asked for, or that of the file's name.
fn format(args: &ExportArgs) -> Result<ExportFormat> {
    let extension = args.file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let named = match extension.as_str() {
        "onnx" => Some(ExportFormat::Onnx),
        "safetensors" => Some(ExportFormat::Safetensors),
        _ => None,
    };
    match (args.format, named) {
        (Some(ExportFormat::Int8), Some(ExportFormat::Onnx)) => Ok(ExportFormat::Int8),
        (Some(format), Some(named)) if format != named => {
            bail!("{} is named like another format than --format asks for; rename it", args.file.display())
        }
        (Some(format), _) | (None, Some(format)) => Ok(format),
        (None, None) => {
            bail!(
                "cannot tell the format of {}; say --format onnx or --format safetensors, or int8",
                args.file.display()
            )
        }
    }
}
