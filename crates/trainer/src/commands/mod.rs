//! What each command of the program does.

mod catalogue;
mod eval;
mod predict;
mod train;

pub(crate) use catalogue::{devices, fetch, list, show};
pub(crate) use eval::eval;
pub(crate) use predict::predict;
pub(crate) use train::train;

use crate::cli::DataArgs;
use crate::progress::Progress;
use anyhow::{Context, Result};
use zoo_data::Store;

fn store(args: &DataArgs, progress: Progress) -> Result<Store> {
    Ok(Store::new(args.data_dir.clone(), args.offline, progress.of_downloads())?)
}

/// Sizes the one thread pool that Burn's CPU backends and our batches share; returns its size.
fn use_threads(wanted: Option<usize>) -> Result<usize> {
    let threads = wanted.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("cannot start the threads")?;
    Ok(threads)
}
