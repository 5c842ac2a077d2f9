//! What each command of the program does.

mod agreement;
mod catalog;
mod eval;
mod evaluation;
mod export;
mod folds;
mod inspect;
mod predict;
mod session;
mod tables;
mod train;

pub(crate) use catalog::{devices, fetch, list, show};
pub(crate) use eval::eval;
pub(crate) use export::export;
pub(crate) use inspect::inspect;
pub(crate) use predict::predict;
pub(crate) use train::train;

use crate::cli::{DataArgs, DeviceArgs};
use crate::progress::Progress;
use anyhow::{Context, Result};
use burn::tensor::Device;
use zoo_core::Store;

fn store(args: &DataArgs, progress: Progress) -> Result<Store> {
    Ok(Store::new(args.data_dir.clone(), args.offline, progress.of_downloads())?)
}

/// Every CPU the system lets us use.
fn all_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Sizes the one thread pool that Burn's CPU backends and our batches share.
///
/// The calling thread, which trains, is one of them: so work is handed on without putting it to sleep and waking it again.
fn use_threads(threads: usize) -> Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread();
    pool.build_global().context("cannot start the threads")
}

/// The device and threads that a command outside training was asked to use.
fn open_device(args: &DeviceArgs) -> Result<Device> {
    use_threads(args.threads.map_or_else(all_threads, usize::from))?;
    args.device.open()
}
