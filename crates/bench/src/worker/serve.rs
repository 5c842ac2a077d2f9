//! One request per line in, one reply per line out, until the input ends.

use super::check::check;
use super::data::loader;
use super::layer::{LayerValues, TimedLayer};
use super::layer_check::check_layer;
use super::variants::{device, timed_network};
use super::zoo;
use crate::cases::{BenchCase, Workload};
use crate::layers::{LayerCase, LayerPass};
use crate::peers::Peer;
use crate::protocol::{Timing, WorkerDescription, WorkerReply, WorkerRequest};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::hint::black_box;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::Path;
use std::time::Instant;
use zoo_core::sentence;

/// Different batches a measurement goes through in turn: on a single one a network soon has nothing left to learn.
const BATCHES: u64 = 8;

/// Serves standard input and output; files go to `folder`.
pub(crate) fn serve(folder: &Path) -> Result<()> {
    for line in stdin().lock().lines() {
        let answer = line.map_err(anyhow::Error::from).and_then(|line| answer(&line, folder));
        let reply = answer.map_or_else(|error| WorkerReply::Error(sentence(error.as_ref())), WorkerReply::Answer);
        let mut stdout = stdout().lock();
        serde_json::to_writer(&mut stdout, &reply)?;
        writeln!(stdout)?;
        stdout.flush()?;
    }
    Ok(())
}

fn answer(line: &str, folder: &Path) -> Result<Value> {
    let request = serde_json::from_str(line).with_context(|| format!("cannot understand {line}"))?;
    Ok(match request {
        WorkerRequest::Describe => json!(describe()?),
        WorkerRequest::Check { family } => json!(check(family, folder)?),
        WorkerRequest::Measure { case, peer, warmup, repeats } => {
            json!(Timing { seconds: measure(case, peer, warmup, repeats)?, peak_bytes: None })
        }
        WorkerRequest::CheckLayer { layer, peer } => json!(check_layer(&layer, peer, folder)?),
        WorkerRequest::MeasureLayer { case, peer, warmup, repeats } => {
            json!(Timing { seconds: measure_layer(&case, peer, warmup, repeats)?, peak_bytes: None })
        }
        WorkerRequest::Epochs { .. } => bail!("the zoo's epochs are those of the program `trainer`"),
    })
}

fn describe() -> Result<WorkerDescription> {
    Ok(WorkerDescription {
        threads: rayon::current_num_threads(),
        kernels: Some(zoo_kernels::instruction_set().map_err(anyhow::Error::msg)?.to_string()),
        torch: None,
        others: None,
    })
}

fn measure(case: BenchCase, peer: Peer, warmup: usize, repeats: usize) -> Result<Vec<f64>> {
    let BenchCase { workload, family, batch, .. } = case;
    match workload {
        Workload::TrainStep => {
            let mut network = timed_network(family, peer)?;
            let device = device(peer)?.autodiff();
            let random = |index| Ok(zoo::on_device(zoo::random_batch(family, batch, index)?, &device));
            let batches = (0..BATCHES).map(random).collect::<Result<Vec<_>>>()?;
            let mut batches = batches.iter().cycle();
            time(warmup, repeats, || network.train_step(batches.next().context("there are batches")?).map(|_| ()))
        }
        Workload::Inference if peer == Peer::ZooPrepared => {
            let network = zoo::prepared(family)?;
            let inputs = zoo::random_batch(family, batch, 0)?.values;
            let mut logits = network.forward(&inputs).context("the logits are not finite")?;
            time(warmup, repeats, || {
                ensure!(network.forward_into(black_box(&inputs), &mut logits), "the logits are not finite");
                black_box(&logits);
                Ok(())
            })
        }
        Workload::Inference => {
            let network = timed_network(family, peer)?;
            let inputs = zoo::on_device(zoo::random_batch(family, batch, 0)?, &device(peer)?);
            time(warmup, repeats, || {
                black_box(network.infer(&inputs));
                Ok(())
            })
        }
        Workload::Batches | Workload::AugmentedBatches => {
            let mut next = loader(family, batch, workload == Workload::AugmentedBatches)?;
            time(warmup, repeats, || {
                next();
                Ok(())
            })
        }
        Workload::Epoch | Workload::Run => bail!("{case} is not measured by repeating it"),
    }
}

fn measure_layer(case: &LayerCase, peer: Peer, warmup: usize, repeats: usize) -> Result<Vec<f64>> {
    let device = match case.pass {
        LayerPass::Forward => device(peer)?,
        LayerPass::ForwardBackward => device(peer)?.autodiff(),
    };
    let layer = TimedLayer::new(&case.layer, &LayerValues::of(&case.layer), peer, &device);
    time(warmup, repeats, || {
        layer.pass(case.pass);
        Ok(())
    })
}

fn time(warmup: usize, repeats: usize, mut work: impl FnMut() -> Result<()>) -> Result<Vec<f64>> {
    for _ in 0..warmup {
        work()?;
    }
    let mut once = || {
        let start = Instant::now();
        work()?;
        Ok(start.elapsed().as_secs_f64())
    };
    (0..repeats).map(|_| once()).collect()
}
