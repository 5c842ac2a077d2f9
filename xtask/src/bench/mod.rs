//! `cargo xtask bench`: the zoo's models, stock Burn and PyTorch, timed in the same run, taking turns.

mod cases;
mod children;
mod claims;
mod crew;
mod machine;
mod options;
mod peers;
mod results;
mod rounds;
mod statistics;
mod tables;
mod trainer;
mod worker;

use crate::output::{answer, say};
use crate::{readme, workspace};
use anyhow::{Context, Result};
use cases::{Case, Extent, Family, cases};
use crew::{Crew, Programs};
use options::Built;
use results::{FamilyFacts, Measured, Peak, Results, Software};
use rounds::Rounds;
use std::fs;
use tempfile::TempDir;
use trainer::Trainer;

pub(crate) use machine::cpu_name;
pub(crate) use options::Options;
pub(crate) use results::Results as Recorded;
pub(crate) use tables::{everything, summary};

/// Where `--record` puts the results, below the workspace's root.
pub(crate) const RECORD: &str = "results/bench.json";

const SCHEMA: u32 = 1;

/// Measures, and prints the tables.
///
/// # Errors
/// If an option is of no use, a build fails, or a worker does.
pub(crate) fn bench(options: &Options) -> Result<()> {
    let extent = if options.quick { Extent::Quick } else { Extent::Full };
    let cases = cases(extent, &options.only);
    options.check(&cases)?;
    let machine = machine::machine();
    let built = Built::new(options.profile)?;
    let scratch = tempfile::tempdir().context("cannot make a folder for temporary files")?;
    children::end_with_us(scratch.path())?;
    let mut bench = Bench::new(options, built.copy(scratch.path())?, scratch, machine)?;
    bench.run(&cases)?;
    bench.finish(options)
}

/// A benchmark on its way.
struct Bench {
    programs: Programs,
    rounds: Rounds,
    scratch: TempDir,
    results: Results,
}

impl Bench {
    fn new(options: &Options, built: Built, scratch: TempDir, machine: results::Machine) -> Result<Self> {
        machine::warning(&machine).iter().for_each(|warning| say(warning));
        let data_dir = options.data_dir.as_deref().map(fs::canonicalize).transpose()?;
        let trainer = Trainer { program: built.trainer, data_dir, scratch: scratch.path().to_path_buf() };
        let rounds = if options.quick { 2 } else { usize::from(options.rounds) };
        let software = Software {
            commit: workspace::commit(),
            profile: options.profile.name().to_string(),
            burn: workspace::locked_version("burn"),
            torch: None,
        };
        Ok(Self {
            programs: Programs {
                zoo_bench: built.zoo_bench,
                zoo_bench_stock: built.zoo_bench_stock,
                python: options.against_pytorch.clone(),
            },
            rounds: Rounds { rounds, quick: options.quick, trainer },
            scratch,
            results: Results {
                schema: SCHEMA,
                started: jiff::Timestamp::now().round(jiff::Unit::Second)?.to_string(),
                quick: options.quick,
                machine,
                software,
                agreement: Vec::new(),
                left_out: Vec::new(),
                families: Vec::new(),
                measurements: Vec::new(),
            },
        })
    }

    fn run(&mut self, cases: &[Case]) -> Result<()> {
        let mut threads: Vec<_> = cases.iter().map(|case| case.threads).collect();
        threads.dedup();
        for threads in threads {
            let mut crew = Crew::start(&self.programs, threads, self.scratch.path())?;
            self.meet(&mut crew, cases)?;
            let before = crew.peak()?;
            let own = cases.iter().filter(|case| case.threads == threads);
            own.clone().try_for_each(|case| self.measure(*case, &mut crew, cases.len()))?;
            let after = crew.peak()?;
            // Whatever slows a peak down is not the processor: the higher one is nearer to it.
            let faster = |peak: &Peak| peak.multiply_adds_per_second;
            let peak = if faster(&after) > faster(&before) { after } else { before };
            self.results.machine.peaks.push(peak);
        }
        self.relate_to_peaks();
        Ok(())
    }

    /// Learns what the crew knows, and has it prove that its members compute the same.
    fn meet(&mut self, crew: &mut Crew, cases: &[Case]) -> Result<()> {
        self.results.families = crew.families()?;
        self.results.software.torch = crew.torch()?;
        for facts in self.results.families.clone() {
            if cases.iter().any(|case| case.family == facts.family && case.threads == crew.threads) {
                let agreement = crew.check(&facts)?;
                agreement.iter().for_each(|line| say(line));
                self.results.agreement.extend(agreement);
            }
        }
        Ok(())
    }

    fn measure(&mut self, case: Case, crew: &mut Crew, of: usize) -> Result<()> {
        let facts = self.facts(case.family)?;
        if case.needs_data()
            && let Err(error) = crew.export(&facts, self.rounds.trainer.data_dir.as_deref())
        {
            return self.leave_out(format!("{case}: {:#}; --data-dir says where it is", error));
        }
        let known = self.results.left_out.len();
        let measured = self.rounds.measure(case, &facts, crew, &mut self.results.left_out)?;
        self.results.left_out[known..].iter().for_each(|line| say(&format!("left out {line}")));
        self.results.measurements.push(measured);
        self.announce(of);
        Ok(())
    }

    fn facts(&self, family: Family) -> Result<FamilyFacts> {
        let known = self.results.families.iter().find(|facts| facts.family == family);
        known.cloned().with_context(|| format!("zoo-bench knows no {}", family.label()))
    }

    fn leave_out(&mut self, reason: String) -> Result<()> {
        say(&format!("left out {reason}"));
        self.results.left_out.push(reason);
        Ok(())
    }

    fn announce(&self, of: usize) {
        if let Some(Measured { case, entries }) = self.results.measurements.last() {
            let times =
                entries.iter().map(|entry| format!("{} {}", entry.peer.label(), tables::time(entry.seconds.median)));
            let number = self.results.measurements.len();
            say(&format!("[{number}/{of}] {case}: {}", times.collect::<Vec<_>>().join(", ")));
        }
    }

    fn relate_to_peaks(&mut self) {
        let peaks = self.results.machine.peaks.clone();
        for Measured { case, entries } in &mut self.results.measurements {
            let peak = peaks.iter().find(|peak| peak.threads == case.threads);
            let Some(peak) = peak.map(|peak| 2.0 * peak.multiply_adds_per_second / 1e9) else { continue };
            for entry in entries {
                entry.share_of_peak = entry.gflops.map(|gflops| gflops / peak);
            }
        }
    }

    fn finish(self, options: &Options) -> Result<()> {
        answer(&everything(&self.results));
        if let Some(json) = &options.json {
            self.results.write(json)?;
        }
        if options.record {
            let path = workspace::root().join(RECORD);
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            self.results.write(&path)?;
            readme::write()?;
        }
        Ok(())
    }
}
