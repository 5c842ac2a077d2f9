//! What several commands start with: data, device, model.

use crate::args::{DataArgs, DeviceArgs, ModelArgs};
use crate::device::{all_threads, use_threads};
use crate::progress::ProgressMode;
use crate::run_folder;
use crate::trained::TrainedModel;
use anyhow::{Context, Result};
use burn::tensor::Device;
use zoo_core::Store;

pub(super) fn store(args: &DataArgs, progress: ProgressMode) -> Result<Store> {
    let downloads = progress.of_downloads(args.mirror.as_deref());
    Ok(downloads.store(args.data_dir.clone(), args.offline)?)
}

/// The device and threads that a command outside training was asked to use.
pub(super) fn open_device(args: &DeviceArgs) -> Result<Device> {
    use_threads(args.threads.map_or_else(all_threads, usize::from))?;
    Ok(args.device.open()?)
}

/// The model of a run, or one that ships, and the seed its data is cut by.
pub(super) fn model(args: &ModelArgs, device: &Device) -> Result<(TrainedModel, u64)> {
    if let Some(run) = &args.run {
        let (_, settings) = run_folder::read(run)?;
        return Ok((TrainedModel::of_run(run, device)?, settings.seed));
    }
    let name = args.pretrained.as_deref().context("name a model with --run or --pretrained")?;
    Ok((TrainedModel::pretrained(name, device)?, 0))
}
