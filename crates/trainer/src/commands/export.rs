//! `export`: a trained model for other programs.

use super::shared::{check_free, model, open_device, write_checked};
use crate::args::{ExportArgs, ExportFormat};
use crate::onnx;
use crate::output::answer;
use anyhow::{Result, bail};
use zoo_core::weights::Weights;

pub(crate) fn export(args: &ExportArgs) -> Result<()> {
    let format = format(args)?;
    check_free(&args.file, args.force)?;
    let device = open_device(&args.device)?;
    let (model, _) = model(&args.model, &device)?;
    let bytes = match format {
        ExportFormat::Safetensors => Weights { tensors: model.network.named_tensors(), facts: model.facts }.to_bytes(),
        ExportFormat::Onnx => onnx::to_bytes(&model)?,
    };
    write_checked(&args.file, &bytes, args.force)?;
    Ok(answer(&args.file.display().to_string())?)
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
        (Some(format), Some(named)) if format != named => {
            bail!("{} is named like another format than --format asks for; rename it", args.file.display())
        }
        (Some(format), _) | (None, Some(format)) => Ok(format),
        (None, None) => {
            bail!("cannot tell the format of {}; say --format onnx or --format safetensors", args.file.display())
        }
    }
}
