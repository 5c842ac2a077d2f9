//! Results as Markdown.

use crate::cases::{BenchCase, BenchFamily, Workload};
use crate::layers::{BenchLayer, LayerCase};
use crate::peers::Peer;
use crate::promises::{PROMISES, SpeedPromise, TRAIN_STEP, megabytes};
use crate::results::{BenchResults, CaseTimes, PeerTimes};
use anyhow::Result;
use std::path::Path;

/// Where `--record` puts the results, and their page, below the workspace's root.
pub(crate) const RECORD: &str = "results/bench.json";
pub(crate) const PAGE: &str = "results/bench.md";

/// What the page says above its tables.
const PAGE_HEAD: &str = "\
# Speed

Written by `cargo xtask bench --record --against-pytorch PYTHON`, with the `--profile` named below. All peers are measured in the same run
and take turns; a time is the median of all rounds, with the fastest and the slowest round in brackets, and a ratio the median of the
rounds' ratios.
";

/// What is said in the place of figures that are not there.
const NOT_RECORDED: &str = "Nothing recorded yet: `cargo xtask bench --record`.\n";

/// What the front page's section `bench` shows of the recorded results: the promises, and the tables most readers want.
///
/// # Errors
/// If the file is there, but is not a result of this benchmark.
pub fn readme_section(results: &Path) -> Result<String> {
    section(results, summary)
}

/// What the section `bench` of `results/bench.md` shows of the recorded results: every figure.
///
/// # Errors
/// If the file is there, but is not a result of this benchmark.
pub fn page_section(results: &Path) -> Result<String> {
    section(results, everything)
}

/// What a front page says of the recorded results.
#[derive(Clone, Debug, PartialEq)]
pub struct Headline {
    /// A sentence or two in Markdown.
    pub sentence: String,
    /// Milliseconds of one training step of the five-block CNN by each program, the fastest first; but for those that take more than ten
    /// times as long as the next one.
    pub milliseconds: Vec<(&'static str, f64)>,
}

/// The headline of the recorded results; `None` where nothing is recorded, or the run was a quick one.
///
/// # Errors
/// If the file is there, but is not a result of this benchmark.
pub fn headline(results: &Path) -> Result<Option<Headline>> {
    Ok(BenchResults::read(results)?.as_ref().and_then(headline_of))
}

fn headline_of(results: &BenchResults) -> Option<Headline> {
    let step = results.find(TRAIN_STEP).filter(|_| !results.quick)?;
    let ours = step.of(Peer::Zoo)?;
    let against = |peer: Peer| {
        let ratio = ours.seconds.ratio_of(&step.of(peer)?.seconds)?;
        Some(format!("{:.1} times ({:.1} to {:.1}) as fast as {}", ratio.median, ratio.low, ratio.high, peer.label()))
    };
    let ratios: Vec<String> =
        [Peer::PytorchChannelsLast, Peer::Pytorch, Peer::Flex].into_iter().filter_map(against).collect();
    let sentence = format!(
        "One training step of the five-block CNN, {} images on {}, takes {}: {}. {}, profile {}.",
        TRAIN_STEP.batch,
        threads(TRAIN_STEP.threads),
        time(ours.seconds.median),
        ratios.join(", "),
        results.machine.cpu,
        results.software.profile,
    );
    let mut milliseconds: Vec<(&str, f64)> =
        step.entries.iter().map(|entry| (entry.peer.label(), 1e3 * entry.seconds.median)).collect();
    milliseconds.sort_by(|left, right| left.1.total_cmp(&right.1));
    let shown = milliseconds.windows(2).position(|pair| pair[1].1 > 10.0 * pair[0].1);
    milliseconds.truncate(shown.map_or(milliseconds.len(), |last| last + 1));
    Some(Headline { sentence, milliseconds })
}

fn section(results: &Path, render: fn(&BenchResults) -> String) -> Result<String> {
    Ok(BenchResults::read(results)?.as_ref().map_or_else(|| NOT_RECORDED.to_string(), render))
}

/// The whole of `results/bench.md`.
pub(crate) fn page(results: &BenchResults) -> String {
    let section = everything(results);
    format!("{PAGE_HEAD}\n<!-- generated: bench -->\n{section}<!-- end of generated: bench -->\n")
}

fn summary(results: &BenchResults) -> String {
    let most_threads = results.measurements.iter().map(|measured| measured.case.threads).max().unwrap_or(1);
    let mut text = header(results) + &promises(results);
    for workload in [Workload::TrainStep, Workload::Inference, Workload::Epoch] {
        text += &times(results, workload, Some(most_threads));
    }
    text + &format!("\nAll of it: [{PAGE}]({PAGE}), [{RECORD}]({RECORD}).\n")
}

/// Every figure.
pub(crate) fn everything(results: &BenchResults) -> String {
    let mut text = header(results) + &promises(results);
    for workload in Workload::ALL {
        text += &times(results, workload, None);
    }
    text += &rates(results);
    text += &layers(results);
    text += &list("Computed the same before anything was timed", &results.agreement);
    text + &list("Left out", &results.left_out)
}

fn header(results: &BenchResults) -> String {
    let BenchResults { machine, software, .. } = results;
    let commit = software.commit.as_deref().map_or("unknown", |commit| commit.get(..12).unwrap_or(commit));
    let dirty = software.commit.as_deref().is_some_and(|commit| commit.ends_with("-dirty"));
    let torch = software.torch.as_deref().map(|torch| format!(", PyTorch {torch}")).unwrap_or_default();
    let others: String = software.others.iter().map(|other| format!(", {other}")).collect();
    let mut text = format!(
        "{}, {} cores, {}. Burn {}{torch}{others}. Commit {commit}{}, profile {}, {}.\n",
        machine.cpu,
        machine.cores,
        machine.system,
        software.burn,
        if dirty { " with changes" } else { "" },
        software.profile,
        results.started,
    );
    for peak in &machine.peaks {
        let (threads, gflops) = (threads(peak.threads), peak.gflops());
        text += &format!("Measured peak on {threads}: {gflops:.0} GFLOP/s with {}.\n", peak.instructions);
    }
    if results.quick {
        text += "A quick run, to see that it works: the figures mean nothing.\n";
    }
    text
}

fn promises(results: &BenchResults) -> String {
    if results.quick {
        return String::new();
    }
    let row = |promise: &SpeedPromise| {
        let judged = promise.judge(results)?;
        let holds = if judged.holds { "holds" } else { "**does not hold**" };
        Some(vec![promise.title(), judged.measured, judged.wanted, holds.into()])
    };
    let head = ["promise, on 2 threads", "measured", "wanted", ""].map(String::from);
    table(head.to_vec(), 4, PROMISES.iter().filter_map(row).collect())
}

/// One workload: a row per case, a column per peer. Without `threads`, all of them and the spread of each time.
fn times(results: &BenchResults, workload: Workload, threads: Option<usize>) -> String {
    let chosen = |measured: &&CaseTimes| {
        measured.case.workload == workload && threads.is_none_or(|threads| threads == measured.case.threads)
    };
    let measured: Vec<_> = results.measurements.iter().filter(chosen).collect();
    let title = |case: &BenchCase| {
        let on = if threads.is_none() { format!(", {}", self::threads(case.threads)) } else { String::new() };
        vec![format!("{}, batch {}{on}", case.family.task().label, case.batch)]
    };
    let on = threads.map(|count| format!(", {}", self::threads(count))).unwrap_or_default();
    by_peer(vec![format!("{}{on}", workload.label())], &measured, title, threads.is_none())
}

/// Single layers: a row per pass, a column per peer.
fn layers(results: &BenchResults) -> String {
    if results.layers.is_empty() {
        return format!("\nSingle layers. {NOT_RECORDED}");
    }
    let title = |LayerCase { pass, layer: BenchLayer { name, batch, shape }, threads }: &LayerCase| {
        vec![name.clone(), shape.to_string(), format!("{}, batch {batch}, {}", pass.label(), self::threads(*threads))]
    };
    let head = ["layer", "what it computes", "pass"].map(String::from);
    by_peer(head.to_vec(), &results.layers.iter().collect::<Vec<_>>(), title, true)
}

/// A row per case with its titles, and a column for every peer that took part in any of them.
fn by_peer<C>(
    titles: Vec<String>,
    measured: &[&CaseTimes<C>],
    title: impl Fn(&C) -> Vec<String>,
    with_spread: bool,
) -> String {
    let took_part = |peer: &Peer| measured.iter().any(|measured| measured.of(*peer).is_some());
    let peers: Vec<_> = Peer::ALL.into_iter().filter(took_part).collect();
    let row = |measured: &&CaseTimes<C>| {
        let cell = |peer: &Peer| measured.of(*peer).map_or("–".into(), |entry| cell(entry, with_spread));
        title(&measured.case).into_iter().chain(peers.iter().map(cell)).collect()
    };
    let left = titles.len();
    let head = titles.into_iter().chain(peers.iter().map(|peer| peer.label().to_string())).collect();
    table(head, left, measured.iter().map(row).collect())
}

fn cell(entry: &PeerTimes, with_spread: bool) -> String {
    let seconds = &entry.seconds;
    let spread = with_spread && seconds.rounds.len() > 1;
    let spread = if spread { format!(" ({} to {})", time(seconds.low), time(seconds.high)) } else { String::new() };
    let memory = entry.peak_bytes.map(|bytes| format!(", {}", megabytes(bytes))).unwrap_or_default();
    format!("{}{spread}{memory}", time(seconds.median))
}

/// Arithmetic per second of the CNN, the one model that is bound by it.
fn rates(results: &BenchResults) -> String {
    let mut rows = Vec::new();
    for CaseTimes { case, entries } in results.measurements.iter().filter(|one| one.case.family == BenchFamily::Cnn) {
        let network = results.families.iter().find(|network| network.family == case.family);
        let peak = results.machine.peaks.iter().find(|peak| peak.threads == case.threads);
        let operations = network.and_then(|network| network.operations(*case));
        let Some((operations, peak)) = operations.zip(peak) else { continue };
        for entry in entries.iter().filter(|entry| entry.peer.takes_part(*case)) {
            let gflops = operations / entry.seconds.median / 1e9;
            let percent = 100.0 * (gflops / peak.gflops());
            let cells =
                [case.to_string(), entry.peer.label().into(), format!("{gflops:.1}"), format!("{percent:.0} %")];
            rows.push(cells.to_vec());
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let head = ["CNN", "who", "GFLOP/s", "of the peak"].map(String::from);
    "\nOperations are those of a direct convolution: an algorithm that needs fewer can pass the peak.\n".to_string()
        + &table(head.to_vec(), 2, rows)
}

/// A table whose first `left` columns are texts and whose others are numbers; nothing without rows.
fn table(head: Vec<String>, left: usize, rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: &Vec<String>| {
        let cell = |cell: &String| if cell.is_empty() { " |".into() } else { format!(" {cell} |") };
        format!("|{}\n", cells.iter().map(cell).collect::<String>())
    };
    let rule = "---|".repeat(left) + &"--:|".repeat(head.len() - left);
    format!("\n{}|{rule}\n{}", line(&head), rows.iter().map(line).collect::<String>())
}

fn list(title: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    lines.iter().fold(format!("\n{title}:\n\n"), |text, line| format!("{text}- {line}\n"))
}

/// `1 thread`, `2 threads`.
pub(crate) fn threads(count: usize) -> String {
    if count == 1 { "1 thread".to_string() } else { format!("{count} threads") }
}

/// Three digits and a unit.
pub(crate) fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        seconds if seconds >= 1.0 => (seconds, "s"),
        seconds if seconds >= 1e-3 => (seconds * 1e3, "ms"),
        seconds => (seconds * 1e6, "µs"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::results::samples;
    use std::fs;

    #[test]
    fn the_tables_say_what_was_measured() {
        let expected = "\
A processor, 2 cores, linux x86_64. Burn 0.22.1. Commit 0123456789ab with changes, profile release, 2026-01-02T03:04:05Z.
Measured peak on 2 threads: 235 GFLOP/s with avx512.

| promise, on 2 threads | measured | wanted | |
|---|---|---|---|
| CNN train step, batch 32: against PyTorch | 2.50x (2.00 to 3.00) | 3.0x | **does not hold** |

| train step | zoo | PyTorch |
|---|--:|--:|
| CNN, batch 32, 2 threads | 4.00 ms (4.00 ms to 5.00 ms), 4 MB | 12.0 ms (8.00 ms to 12.5 ms) |

Operations are those of a direct convolution: an algorithm that needs fewer can pass the peak.

| CNN | who | GFLOP/s | of the peak |
|---|---|--:|--:|
| train_step/cnn/batch32/threads2 | zoo | 100.0 | 43 % |
| train_step/cnn/batch32/threads2 | PyTorch | 33.3 | 14 % |

| layer | what it computes | pass | zoo | ONNX Runtime |
|---|---|---|--:|--:|
| pooled | 3x3, 64 to 128 channels, 16x16 pixels, stride 2, max pooling, batch norm, GELU | forward, batch 32, 2 threads | 2.00 ms (1.00 ms to 3.00 ms) | 3.00 ms |

Computed the same before anything was timed:

- all the same
";
        assert_eq!(everything(&samples::results()), expected);
    }

    #[test]
    fn layers_that_nobody_has_measured_are_said_to_be_so() {
        let results = BenchResults { layers: Vec::new(), ..samples::results() };
        assert_eq!(layers(&results), "\nSingle layers. Nothing recorded yet: `cargo xtask bench --record`.\n");
        assert!(everything(&results).contains(&layers(&results)));
        assert!(!summary(&results).contains("ingle layers"));
    }

    #[test]
    fn the_published_tables_are_those_of_the_recorded_results() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let published = |file: &str| fs::read_to_string(root.join(file)).unwrap();
        let recorded = BenchResults::read(&root.join(RECORD)).unwrap().unwrap();
        assert_eq!(page(&recorded), published(PAGE));
        let section = readme_section(&root.join(RECORD)).unwrap();
        let marked = format!("<!-- generated: bench -->\n{section}<!-- end of generated: bench -->\n");
        assert!(published("results/README.md").contains(&marked), "the README's section is not\n{section}");
    }

    #[test]
    fn the_headline_is_the_training_step() {
        let results = samples::results();
        let found = headline_of(&results).unwrap();
        assert_eq!(
            found.sentence,
            "One training step of the five-block CNN, 32 images on 2 threads, takes 4.00 ms: 2.5 times (2.0 to 3.0) as fast as PyTorch. \
             A processor, profile release."
        );
        assert_eq!(found.milliseconds, [("zoo", 4.0), ("PyTorch", 12.0)]);
        assert_eq!(headline_of(&BenchResults { quick: true, ..results }), None);
        assert_eq!(headline(Path::new("/no/such/bench.json")).unwrap(), None);
    }

    #[test]
    fn nothing_recorded_is_said_so() {
        let section = readme_section(Path::new("/no/such/bench.json")).unwrap();
        assert_eq!(section, "Nothing recorded yet: `cargo xtask bench --record`.\n");
    }

    #[test]
    fn times_have_three_digits() {
        let cases = [(12.34, "12.3 s"), (1.0, "1.00 s"), (0.0123, "12.3 ms"), (2.5e-4, "250 µs"), (1.23e-6, "1.23 µs")];
        for (seconds, expected) in cases {
            assert_eq!(time(seconds), expected);
        }
    }
}
