//! The machine that this runs on, and what work on it costs.

use serde::{Deserialize, Serialize};
use std::fs;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

/// The clock ticks of a second in `/proc`, which Linux keeps at this for all programs.
const TICKS: f64 = 100.0;
const POWER: &str = "/sys/class/powercap";

/// What the processor calls itself: `AMD EPYC`; `None` where the system does not say.
pub fn cpu_name() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_string())
}

/// What work has cost, as far as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Seconds of CPU time of this process, over all its threads. Linux says them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_seconds: Option<f64>,
    /// Energy in watt-hours of the whole processor, other programs on it included. Intel's and AMD's processors measure it (RAPL), where
    /// the system lets this user read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watt_hours: Option<f64>,
}

impl AddAssign for Cost {
    /// What is known of only one side is not known of both, but that a side without any cost adds nothing.
    fn add_assign(&mut self, other: Self) {
        let sum = |one: Option<f64>, other: Option<f64>| Some(one? + other?);
        *self = match *self == Self::default() {
            true => other,
            false => Self {
                cpu_seconds: sum(self.cpu_seconds, other.cpu_seconds),
                watt_hours: sum(self.watt_hours, other.watt_hours),
            },
        };
    }
}

impl Cost {
    /// Of all of it.
    pub fn sum(costs: impl Iterator<Item = Cost>) -> Cost {
        costs.fold(Cost::default(), |mut sum, cost| {
            sum += cost;
            sum
        })
    }

    /// Whether nothing is known of it.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

/// Measures what work costs, lap by lap.
///
/// ```
/// let mut meter = zoo_core::CostMeter::start();
/// let cost = meter.lap();
/// assert!(cost.cpu_seconds.is_none_or(|seconds| seconds < 1.0));
/// ```
#[derive(Debug)]
pub struct CostMeter {
    cpu_seconds: Option<f64>,
    /// The counter of each processor package, in microjoules, and where it starts again at 0.
    packages: Vec<(PathBuf, u64, u64)>,
}

impl CostMeter {
    /// From now on.
    pub fn start() -> Self {
        Self { cpu_seconds: cpu_seconds(), packages: packages(Path::new(POWER)) }
    }

    /// The cost since the last call, or the start.
    pub fn lap(&mut self) -> Cost {
        let now = Self { cpu_seconds: cpu_seconds(), packages: read_again(&self.packages) };
        let used = |(then, now): (&(PathBuf, u64, u64), &(PathBuf, u64, u64))| match now.1 >= then.1 {
            true => now.1 - then.1,
            false => now.1 + (then.2 - then.1.min(then.2)),
        };
        let is_whole = !now.packages.is_empty() && now.packages.len() == self.packages.len();
        let microjoules = is_whole.then(|| self.packages.iter().zip(&now.packages).map(used).sum::<u64>());
        let cost = Cost {
            cpu_seconds: now.cpu_seconds.zip(self.cpu_seconds).map(|(now, then)| now - then),
            watt_hours: microjoules.map(|count| count as f64 / 1e6 / 3600.0),
        };
        *self = now;
        cost
    }
}

/// The CPU time of this process so far.
fn cpu_seconds() -> Option<f64> {
    of_stat(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// User and system time: fields 14 and 15, counted from 1; the second is the program's name in parentheses, which may hold anything.
fn of_stat(line: &str) -> Option<f64> {
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}

/// `intel-rapl:0` and its like; what lies below them (`intel-rapl:0:0`) is a part of them.
fn packages(folder: &Path) -> Vec<(PathBuf, u64, u64)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_package = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains("-rapl:") && name.matches(':').count() == 1
    };
    let mut packages: Vec<PathBuf> = entries.filter(is_package).collect();
    packages.sort();
    packages.iter().filter_map(|path| reading(path)).collect()
}

fn read_again(packages: &[(PathBuf, u64, u64)]) -> Vec<(PathBuf, u64, u64)> {
    packages.iter().filter_map(|(path, ..)| reading(path)).collect()
}

fn reading(package: &Path) -> Option<(PathBuf, u64, u64)> {
    let number = |file: &str| fs::read_to_string(package.join(file)).ok()?.trim().parse().ok();
    Some((package.to_path_buf(), number("energy_uj")?, number("max_energy_range_uj")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_behind_any_name() {
        let line = "42 (a) (b c) R 1 1 1 0 -1 4194560 100 0 0 0 250 50 7 7 20 0 3 0 100 1 1";
        assert_eq!(of_stat(line), Some(3.0));
        assert_eq!(of_stat("42 (a) R 1"), None);
    }

    #[test]
    fn counters_that_start_again_are_counted_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |package: &str, microjoules: u64| {
            let package = folder.path().join(package);
            fs::create_dir_all(&package).expect("a folder");
            fs::write(package.join("energy_uj"), format!("{microjoules}\n")).expect("a file");
            fs::write(package.join("max_energy_range_uj"), "10000000000\n").expect("a file");
        };
        write("intel-rapl:0", 9_000_000_000);
        write("intel-rapl:0:0", 5);
        write("intel-rapl:1", 1_000_000_000);
        let mut meter = CostMeter { cpu_seconds: None, packages: packages(folder.path()) };
        assert_eq!(meter.packages.len(), 2);
        write("intel-rapl:0", 800_000_000);
        write("intel-rapl:1", 2_800_000_000);
        assert_eq!(meter.lap(), Cost { cpu_seconds: None, watt_hours: Some(1.0) });
        fs::remove_dir_all(folder.path().join("intel-rapl:1")).expect("it is there");
        assert_eq!(meter.lap().watt_hours, None);
    }

    #[test]
    fn costs_add_up_as_far_as_they_are_known() {
        let known = Cost { cpu_seconds: Some(2.0), watt_hours: Some(0.5) };
        let half = Cost { cpu_seconds: Some(1.0), watt_hours: None };
        let mut sum = Cost::default();
        sum += known;
        assert_eq!(sum, known);
        sum += half;
        assert_eq!(sum, Cost { cpu_seconds: Some(3.0), watt_hours: None });
    }
}
