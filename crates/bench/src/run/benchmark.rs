//! A benchmark from its options to its tables.

use super::children;
use super::options::BenchOptions;
use super::programs::Programs;
use super::rounds::Rounds;
use super::workers::Workers;
use crate::cases::{BenchCase, BenchFamily, NetworkSize, cases};
use crate::machine::Machine;
use crate::results::{BENCH_SCHEMA, BenchResults, PeerTimes, Software};
use crate::tables::{self, PAGE, RECORD};
use crate::worker::{self, peak};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use trainer::output::{self, answer, warn as say};
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
    let cases = cases(options.quick, &options.only);
    options.check(&cases)?;
    let machine = Machine::this();
    machine.warning().iter().for_each(|warning| say(warning));
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
    };
    let rounds = Rounds {
        rounds: if options.quick { 2 } else { usize::from(options.rounds) },
        quick: options.quick,
        data_dir: options.data_dir.as_deref().map(fs::canonicalize).transpose()?,
        programs,
    };
    let mut threads: Vec<_> = cases.iter().map(|case| case.threads).collect();
    threads.dedup();
    for threads in threads {
        measure_on(threads, &cases, &rounds, &mut results)?;
    }
    finish(&results, options)
}

/// All cases of one thread count.
fn measure_on(threads: usize, cases: &[BenchCase], rounds: &Rounds, results: &mut BenchResults) -> Result<()> {
    let own: Vec<_> = cases.iter().filter(|case| case.threads == threads).collect();
    let measured = |network: &&NetworkSize| own.iter().any(|case| case.family == network.family);
    let mut workers = Workers::start(&rounds.programs, threads)?;
    (results.software.torch, results.software.others) = workers.versions()?;
    for network in results.families.iter().filter(measured) {
        let agreement = workers.check(network)?;
        agreement.iter().for_each(|line| say(line));
        results.agreement.extend(agreement);
    }
    let before = peak(threads)?;
    for case in own {
        let known = results.left_out.len();
        let measured = rounds.measure(*case, &mut workers, &mut results.left_out)?;
        results.left_out[known..].iter().for_each(|line| say(&format!("left out {line}")));
        if let Some(measured) = measured {
            let time = |one: &PeerTimes| format!("{} {}", one.peer.label(), tables::time(one.seconds.median));
            let times: Vec<_> = measured.entries.iter().map(time).collect();
            results.measurements.push(measured);
            say(&format!("[{}/{}] {case}: {}", results.measurements.len(), cases.len(), times.join(", ")));
        }
    }
    let after = peak(threads)?;
    // Whatever slows a peak down is not the processor: the higher one is nearer to it.
    results.machine.peaks.push(if after.macs_per_second > before.macs_per_second { after } else { before });
    Ok(())
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
        say(&format!("{RECORD} and {PAGE} written; `cargo xtask readme` writes the README's table"));
    }
    answer(&tables::everything(results))?;
    Ok(())
}
