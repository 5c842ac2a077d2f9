//! A question a line in, an answer a line out, until the input ends.

use crate::check::check;
use crate::contestant::{contestant, device};
use crate::export::export;
use crate::family::Family;
use crate::layers::work;
use crate::loading::loader;
use crate::peak::peak;
use crate::protocol::{Description, Measurement, Reply, Request, Variant, Workload};
use crate::step::HostBatch;
use anyhow::{Context, Result};
use std::hint::black_box;
use std::io::{BufRead, Write, stdin, stdout};
use std::process::ExitCode;
use std::time::Instant;

/// Different batches a measurement goes through in turn: on a single one a network soon has nothing left to learn.
const BATCHES: u64 = 8;

/// Serves standard input and output.
pub fn serve() -> ExitCode {
    for line in stdin().lock().lines() {
        let reply = line.map_err(anyhow::Error::from).and_then(|line| answer(&line));
        let reply = reply.unwrap_or_else(|error| Reply::Error { error: format!("{error:#}") });
        if say(&reply).is_err() {
            // Nobody listens any more.
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn say(reply: &Reply) -> Result<()> {
    let mut stdout = stdout().lock();
    serde_json::to_writer(&mut stdout, reply)?;
    writeln!(stdout)?;
    Ok(stdout.flush()?)
}

fn answer(line: &str) -> Result<Reply> {
    let request = serde_json::from_str(line).with_context(|| format!("cannot understand {line}"))?;
    Ok(match request {
        Request::Describe => describe()?,
        Request::Peak => {
            let peak = peak();
            Reply::Peak { instructions: peak.instructions, multiply_adds_per_second: peak.multiply_adds_per_second }
        }
        Request::Check { family, folder } => Reply::Done { done: check(family, &folder)? },
        Request::Export { family, data_dir, folder } => Reply::Done { done: export(family, data_dir, &folder)? },
        Request::Measure(measurement) => Reply::Seconds { seconds: measure(&measurement)? },
    })
}

fn describe() -> Result<Reply> {
    let describe = |family: Family| {
        let network = family.network(&device(Variant::Zoo).autodiff())?;
        let multiply_adds = work(family, &network.named_tensors());
        Ok(Description { family, recipe: family.recipe_name(), parameters: network.parameters(), multiply_adds })
    };
    let families = Family::ALL.into_iter().map(describe).collect::<Result<_>>()?;
    let kernels = zoo_kernels::instruction_set().map_err(anyhow::Error::msg)?;
    Ok(Reply::Description { threads: rayon::current_num_threads(), kernels, families })
}

fn measure(measurement: &Measurement) -> Result<Vec<f64>> {
    let Measurement { workload, family, variant, batch, .. } = *measurement;
    match workload {
        Workload::TrainStep => {
            let mut contestant = contestant(family, variant)?;
            let device = device(variant).autodiff();
            let batches: Vec<_> =
                (0..BATCHES).map(|index| HostBatch::random(family, batch, index).to_device(&device)).collect();
            let mut batches = batches.iter().cycle();
            time(measurement, || contestant.train_step(batches.next().context("there are batches")?).map(|_| ()))
        }
        Workload::Inference => {
            let contestant = contestant(family, variant)?;
            let inputs = HostBatch::random(family, batch, 0).to_device(&device(variant));
            time(measurement, || {
                black_box(contestant.infer(&inputs));
                Ok(())
            })
        }
        Workload::Batches | Workload::AugmentedBatches => {
            let next = loader(family, batch, workload == Workload::AugmentedBatches)?;
            time(measurement, || {
                next();
                Ok(())
            })
        }
    }
}

fn time(measurement: &Measurement, mut work: impl FnMut() -> Result<()>) -> Result<Vec<f64>> {
    for _ in 0..measurement.warmup {
        work()?;
    }
    let mut once = || {
        let start = Instant::now();
        work()?;
        Ok(start.elapsed().as_secs_f64())
    };
    (0..measurement.repeats).map(|_| once()).collect()
}
