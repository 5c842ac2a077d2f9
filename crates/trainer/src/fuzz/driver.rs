//! Changes files at random, for every [`Target`] in turn, and tells how many inputs there were, the slowest, and the peak memory.
//!
//! `ZOO_FUZZ_INPUTS=1000000 cargo test -p trainer --lib fuzz -- --nocapture` tries so many in all, without it a few thousand;
//! `ZOO_FUZZ_TARGET=table` tries one kind alone, and `ZOO_FUZZ_RECORD=FILE` writes the figures, again and again. An input's number decides its bytes.
//! One that fails is left in the folder for temporary files.

use super::{TARGETS, Target};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};
use tempfile::TempDir;
use zoo_core::{Stream, env_variable};
use zoo_results::{FuzzReport, FuzzedKind, TESTING_SCHEMA};

const FEW: u64 = 5_000;
const LONGEST_SECONDS: f64 = 2.0;
const MOST_MEBIBYTES: f64 = 1024.0;
/// Inputs of a turn, for each of a target's weight.
const TURN: u64 = 100;
const BETWEEN_REPORTS: Duration = Duration::from_secs(10);

#[test]
fn files_of_every_kind_are_used_or_refused() {
    let inputs = env_variable("ZOO_FUZZ_INPUTS").map_or(FEW, |count| count.to_str().unwrap().parse().unwrap());
    let only = env_variable("ZOO_FUZZ_TARGET");
    let chosen: Vec<_> =
        TARGETS.iter().filter(|target| only.as_ref().is_none_or(|only| *only == target.name)).collect();
    assert!(!chosen.is_empty(), "ZOO_FUZZ_TARGET is none of {:?}", TARGETS.iter().map(|target| target.name));
    let weights: u64 = chosen.iter().map(|target| target.weight).sum();
    let mut trials: Vec<Trial> = chosen.into_iter().map(Trial::new).collect();
    let (started, mut told) = (Instant::now(), Instant::now());
    loop {
        // In turns, so that the figures are of all kinds whenever this is stopped.
        for trial in &mut trials {
            trial.go_on((inputs * trial.target.weight).div_ceil(weights));
        }
        let is_done = trials.iter().map(|trial| trial.so_far.inputs).sum::<u64>() >= inputs;
        if is_done || told.elapsed() > BETWEEN_REPORTS {
            told = Instant::now();
            report(&trials, started.elapsed());
        }
        if is_done {
            return;
        }
    }
}

#[expect(clippy::print_stdout, reason = "a test tells what it counted")]
fn report(trials: &[Trial], elapsed: Duration) {
    let kinds: Vec<_> = trials.iter().map(|trial| trial.so_far.clone()).collect();
    let (seconds, commit) = (elapsed.as_secs(), crate::commit().map(String::from));
    let report = FuzzReport { schema: TESTING_SCHEMA, commit, seconds, kinds };
    println!("{}", serde_json::to_string(&report).unwrap());
    if let Some(place) = env_variable("ZOO_FUZZ_RECORD") {
        report.write(Path::new(&place)).unwrap();
    }
}

/// A target, and what became of its inputs so far.
struct Trial {
    target: &'static Target,
    seeds: Vec<Vec<u8>>,
    folder: TempDir,
    so_far: FuzzedKind,
}

impl Trial {
    fn new(target: &'static Target) -> Self {
        let (seeds, folder) = ((target.seeds)(), tempfile::tempdir().unwrap());
        assert!(seeds.iter().any(|seed| (target.read)(seed, folder.path())), "{}: no seed is used", target.name);
        let kind = target.name.to_string();
        let so_far = FuzzedKind { kind, inputs: 0, used: 0, slowest_seconds: 0.0, peak_mebibytes: None };
        Self { target, seeds, folder, so_far }
    }

    /// A few more inputs, as long as there are fewer than `most`.
    fn go_on(&mut self, most: u64) {
        let first = self.so_far.inputs;
        self.so_far.inputs = most.min(first + TURN * self.target.weight);
        forget_peak();
        (first..self.so_far.inputs).for_each(|number| self.try_one(number));
        let peak = peak_mebibytes().map(|peak| peak.max(self.so_far.peak_mebibytes.unwrap_or_default()));
        self.so_far.peak_mebibytes = peak;
        let (peak, name) = (peak.unwrap_or_default(), self.target.name);
        assert!(peak < MOST_MEBIBYTES, "an input from {first} to {} of {name} took {peak} MiB", self.so_far.inputs);
    }

    fn try_one(&mut self, number: u64) {
        let bytes = changed(&self.seeds, &mut Stream::numbered(7, number));
        let outcome = catch_unwind(AssertUnwindSafe(|| self.timed(&bytes)));
        let fault = match outcome {
            Ok((used, seconds)) if seconds < LONGEST_SECONDS => {
                self.so_far.used += u64::from(used);
                self.so_far.slowest_seconds = self.so_far.slowest_seconds.max(seconds);
                return;
            }
            Ok((_, seconds)) => format!("took {seconds} s"),
            Err(_) => "panicked".to_string(),
        };
        let kept = env::temp_dir().join(format!("fuzz-{}-{number}", self.target.name.replace(' ', "-")));
        fs::write(&kept, &bytes).unwrap();
        panic!("input {number} of {} {fault}: {}", self.target.name, kept.display());
    }

    /// Whether an input was used, and in how many seconds: of one that took long, the better of two times, as other programs run, too.
    fn timed(&self, bytes: &[u8]) -> (bool, f64) {
        let once = || {
            let started = Instant::now();
            let used = (self.target.read)(bytes, self.folder.path());
            (used, started.elapsed().as_secs_f64())
        };
        let (used, seconds) = once();
        (used, if seconds < LONGEST_SECONDS / 10.0 { seconds } else { seconds.min(once().1) })
    }
}

/// One seed after up to eight changes, for which it takes parts of the others, too.
fn changed(seeds: &[Vec<u8>], stream: &mut Stream) -> Vec<u8> {
    let mut bytes = seeds[stream.index(seeds.len())].clone();
    for _ in 0..=stream.index(8) {
        change(&mut bytes, &seeds[stream.index(seeds.len())], stream);
    }
    bytes
}

/// One change of those that break parsers: a bit, a byte of an edge, bytes lost, doubled, made up or taken from another file.
fn change(bytes: &mut Vec<u8>, other: &[u8], stream: &mut Stream) {
    if bytes.is_empty() {
        bytes.extend(other);
        return;
    }
    let at = stream.index(bytes.len());
    let end = (at + 1 + stream.index(64)).min(bytes.len());
    match stream.index(7) {
        0 => bytes[at] ^= 1 << stream.index(8),
        1 => bytes[at] = [0, 1, b'0', b'9', b'-', b'"', 0x7F, 0x80, 0xFF][stream.index(9)],
        2 => drop(bytes.drain(at..end)),
        3 => bytes.truncate(at),
        4 => drop(bytes.splice(at..at, bytes[at..end].to_vec()).collect::<Vec<_>>()),
        5 => bytes[at..end].iter_mut().for_each(|byte| *byte = stream.index(256) as u8),
        _ => {
            let from = stream.index(other.len());
            let until = (from + 1 + stream.index(64)).min(other.len());
            drop(bytes.splice(at..end, other[from..until].to_vec()).collect::<Vec<_>>());
        }
    }
}

/// The most memory this process has held since [`forget_peak`].
fn peak_mebibytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes: f64 =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes / 1024.0)
}

/// As proc(5) says of `clear_refs`; other systems have no such file.
fn forget_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}
