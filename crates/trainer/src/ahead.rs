//! How far the host goes ahead of the device: how often it reads, and who makes the batches.
//!
//! A GPU works through what it is given while the host already gives it more, until the host reads a result: then one of them idles.
//! So the results of many steps are read at once, and the next batch is made on other threads in the meantime. A CPU has no such
//! second worker: there each step is read when it is done, and a batch made when it is wanted, by all threads.

use crate::data::Splits;
use crate::device;
use crate::error::TrainError;
use burn::tensor::Device;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::mpsc::sync_channel;
use zoo_core::{Batch, epoch_order};

/// Often enough that a progress bar moves and divergence is seen soon, and seldom enough that waiting costs nothing.
const STEPS_PER_READ: usize = 100;

/// How far the host goes ahead. It moves no bit of what is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    /// Batches whose results are read at once.
    pub(crate) steps_per_read: usize,
    /// Whether the next batch is made before it is wanted.
    pub(crate) prefetches: bool,
}

impl Lead {
    /// As it pays on `device`.
    pub(crate) fn on(device: &Device) -> Self {
        match device::is_host(device) {
            true => Self { steps_per_read: 1, prefetches: false },
            false => Self { steps_per_read: STEPS_PER_READ, prefetches: true },
        }
    }
}

/// Makes the training batches of a run.
pub(crate) struct TrainBatches<'a> {
    splits: &'a Splits,
    batch_size: usize,
    /// Decides the order of the examples.
    seed: u64,
    /// Who makes batches before they are wanted. Not the pool that all share: it may have no thread but the one that trains.
    pool: Option<ThreadPool>,
}

impl<'a> TrainBatches<'a> {
    pub(crate) fn new(splits: &'a Splits, batch_size: usize, seed: u64, lead: Lead) -> Result<Self, TrainError> {
        let pool = lead.prefetches.then(|| ThreadPoolBuilder::new().num_threads(rayon::current_num_threads()).build());
        let pool = pool.transpose().map_err(|error| TrainError::Threads(error.to_string()))?;
        Ok(Self { splits, batch_size, seed, pool })
    }

    /// Hands the batches of `epoch`, but for the first `done`, to `work`.
    pub(crate) fn of_epoch<R>(
        &self,
        epoch: usize,
        done: usize,
        work: impl FnOnce(&mut dyn Iterator<Item = Batch>) -> R,
    ) -> R {
        let Splits { train, batcher, .. } = self.splits;
        let order = epoch_order(train.len(), self.seed, epoch);
        let indices = order.chunks(self.batch_size).skip(done);
        let mut batches = indices.map(|indices| batcher.train_batch(train, indices, epoch));
        let Some(pool) = &self.pool else {
            return work(&mut batches);
        };
        pool.in_place_scope(|scope| {
            // Without room: one batch waits here to be taken, and no more.
            let (sender, receiver) = sync_channel(0);
            // Once nobody takes batches any more, no further one is made.
            scope.spawn(move |_| drop(batches.try_for_each(|batch| sender.send(batch))));
            work(&mut receiver.into_iter())
        })
    }
}
