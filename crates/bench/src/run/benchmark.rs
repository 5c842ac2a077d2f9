//! A benchmark from its options to its tables.

use super::agreement;
use super::children;
use super::options::BenchOptions;
use super::plan::Plan;
use super::programs::Programs;
use super::rounds::Rounds;
use super::workers::Workers;
use crate::cases::{BenchCase, BenchFamily, NetworkSize};
use crate::layers::LayerCase;
use crate::machine::Machine;
use crate::peers::Peer;
use crate::results::{BENCH_SCHEMA, BenchResults, CaseTimes, PeerTimes, Software};
use crate::tables::{self, PAGE, RECORD};
use crate::worker::{self, peak};
use anyhow::{Context, Result};
use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use trainer::cli::check_settings;
use trainer::output::{self, answer, warn};
use zoo_core::{Flush, write_atomically};
use zoo_results::digest;

/// The programs `zoo-bench` and `zoo-bench-stock`, which differ in their allocator alone.
pub fn main() -> ExitCode {
    let options: BenchOptions = match output::parsed() {
        Ok(options) => options,
        Err(code) => return code,
    };
    let done = match &options.worker {
        Some(folder) => worker::serve(folder),
        None => bench(&options),
    };
    done.map_or_else(|error| output::report(&error), |()| ExitCode::SUCCESS)
}

/// Measures, and prints the tables.
fn bench(options: &BenchOptions) -> Result<()> {
    check_settings()?;
    let plan = Plan::new(options.quick, &options.only);
    options.check(plan.count())?;
    let machine = Machine::this();
    machine.warning().iter().for_each(|warning| warn(warning));
    let scratch = tempfile::tempdir().context("cannot make a folder for temporary files")?;
    children::end_with_us(scratch.path())?;
    let programs = Programs::build(options.against_pytorch.clone(), scratch.path())?;
    let mut results = BenchResults {
        schema: BENCH_SCHEMA,
        started: jiff::Timestamp::now().round(jiff::Unit::Second)?.to_string(),
        quick: options.quick,
        machine,
        software: Software {
            commit: worker::commit().map(str::to_string),
            profile: programs.profile.clone(),
            burn: worker::BURN_VERSION.into(),
            torch: None,
            others: Vec::new(),
        },
        agreement: Vec::new(),
        left_out: Vec::new(),
        families: BenchFamily::ALL.into_iter().map(worker::size).collect::<Result<_>>()?,
        measurements: Vec::new(),
        layers: Vec::new(),
    };
    let rounds = Rounds {
        rounds: if options.quick { 2 } else { usize::from(options.rounds) },
        quick: options.quick,
        data_dir: options.data_dir.as_deref().map(fs::canonicalize).transpose()?,
        programs,
    };
    for threads in plan.threads() {
        measure_on(threads, &plan, &rounds, &mut results)?;
    }
    finish(&results, options)
}

/// All cases of one thread count.
fn measure_on(threads: usize, plan: &Plan, rounds: &Rounds, results: &mut BenchResults) -> Result<()> {
    let Plan { networks, layers } = plan.on(threads);
    let mut workers = Workers::start(&rounds.programs, threads)?;
    (results.software.torch, results.software.others) = workers.versions()?;
    check_networks(&networks, &mut workers, results)?;
    let peers = check_layers(&layers, threads, &mut workers, results)?;
    let before = peak(threads)?;
    for case in networks {
        let known = results.left_out.len();
        let measured = rounds.measure_network(case, &mut workers, &mut results.left_out)?;
        say_left_out(&results.left_out[known..]);
        if let Some(measured) = measured {
            say_measured(&measured, plan, results);
            results.measurements.push(measured);
        }
    }
    for case in layers {
        let known = results.left_out.len();
        let measured = rounds.measure_layer(case, &peers, &mut workers, &mut results.left_out)?;
        say_left_out(&results.left_out[known..]);
        say_measured(&measured, plan, results);
        results.layers.push(measured);
    }
    let after = peak(threads)?;
    // Whatever slows a peak down is not the processor: the higher one is nearer to it.
    results.machine.peaks.push(if after.macs_per_second > before.macs_per_second { after } else { before });
    Ok(())
}

/// Has all peers of every network compared.
fn check_networks(cases: &[BenchCase], workers: &mut Workers<'_>, results: &mut BenchResults) -> Result<()> {
    let measured = |network: &&NetworkSize| cases.iter().any(|case| case.family == network.family);
    for network in results.families.iter().filter(measured) {
        let agreement = workers.check(network)?;
        agreement.iter().for_each(|line| warn(line));
        results.agreement.extend(agreement);
    }
    Ok(())
}

/// Has all peers of every layer compared, and returns those that can run them.
fn check_layers(
    cases: &[LayerCase],
    threads: usize,
    workers: &mut Workers<'_>,
    results: &mut BenchResults,
) -> Result<Vec<Peer>> {
    let mut layers: Vec<_> = cases.iter().map(|case| case.layer.clone()).collect();
    layers.dedup(); // The passes of a layer stand together.
    if layers.is_empty() {
        return Ok(Vec::new());
    }
    let what = format!("{} layers on {}", layers.len(), tables::threads(threads));
    let (mut peers, known) = (vec![Peer::Zoo], results.left_out.len());
    for (peer, compared) in agreement::compare(&layers, workers)? {
        match compared {
            Ok(apart) => {
                let line = format!("{what}: zoo and {} at most {} apart", peer.label(), agreement::words(apart));
                warn(&line);
                results.agreement.push(line);
                peers.push(peer);
            }
            Err(reason) => results.left_out.push(format!("{what}, {}: {reason}", peer.label())),
        }
    }
    say_left_out(&results.left_out[known..]);
    Ok(peers)
}

fn finish(results: &BenchResults, options: &BenchOptions) -> Result<()> {
    // What was measured is kept first: it took long, and nobody may read what is printed.
    if let Some(json) = &options.json {
        results.write(json)?;
    }
    if options.record {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        results.write(&root.join(RECORD))?;
        digest(&root.join("results"), "bench.json")?;
        write_atomically(&root.join(PAGE), tables::page(results).as_bytes(), Flush::ToDisk)?;
        warn(&format!("{RECORD} and {PAGE} written; `cargo xtask readme` writes the README's table"));
    }
    answer(&tables::everything(results))?;
    Ok(())
}

fn say_left_out(lines: &[String]) {
    lines.iter().for_each(|line| warn(&format!("left out {line}")));
}

/// Says what will be the next of the results.
fn say_measured<C: Display>(measured: &CaseTimes<C>, plan: &Plan, results: &BenchResults) {
    let CaseTimes { case, entries } = measured;
    let time = |one: &PeerTimes| format!("{} {}", one.peer.label(), tables::time(one.seconds.median));
    let times: Vec<_> = entries.iter().map(time).collect();
    let place = results.measurements.len() + results.layers.len() + 1;
    warn(&format!("[{place}/{}] {case}: {}", plan.count(), times.join(", ")));
}
