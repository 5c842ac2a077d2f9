//! Results as Markdown.

use super::RECORD;
use super::cases::Workload;
use super::claims::{CLAIMS, Claim};
use super::peers::Peer;
use super::results::{Entry, Measured, Results};
use std::fmt::Write as _;

const WORKLOADS: [Workload; 6] = [
    Workload::TrainStep,
    Workload::Inference,
    Workload::Batches,
    Workload::AugmentedBatches,
    Workload::Epoch,
    Workload::Run,
];

/// The claims and the two tables most readers want, for the front page.
pub(crate) fn summary(results: &Results) -> String {
    let most_threads = results.measurements.iter().map(|measured| measured.case.threads).max().unwrap_or(1);
    let mut text = header(results);
    text += &claims(results);
    for workload in [Workload::TrainStep, Workload::Inference, Workload::Epoch] {
        text += &table(results, workload, Some(most_threads));
    }
    let _ = writeln!(text, "\nAll of it: [results/bench.md](results/bench.md), [{RECORD}]({RECORD}).");
    text
}

/// Every figure.
pub(crate) fn everything(results: &Results) -> String {
    let mut text = header(results);
    text += &claims(results);
    for workload in WORKLOADS {
        text += &table(results, workload, None);
    }
    text += &rates(results);
    text += &list("Computed the same before anything was timed", &results.agreement);
    text += &list("Left out", &results.left_out);
    text
}

fn header(results: &Results) -> String {
    let Results { machine, software, .. } = results;
    let commit = software.commit.as_deref().map_or("unknown", |commit| commit.get(..12).unwrap_or(commit));
    let dirty = software.commit.as_deref().is_some_and(|commit| commit.ends_with("-dirty"));
    let torch = software.torch.as_deref().map(|torch| format!(", PyTorch {torch}")).unwrap_or_default();
    let burn = software.burn.as_deref().unwrap_or("of unknown version");
    let mut text = format!(
        "{}, {} cores, {}. Burn {burn}{torch}. Commit {commit}{}, profile {}, {}.\n",
        machine.cpu,
        machine.cores,
        machine.system,
        if dirty { " with changes" } else { "" },
        software.profile,
        results.started,
    );
    for peak in &machine.peaks {
        let gflops = 2.0 * peak.multiply_adds_per_second / 1e9;
        let threads = threads(peak.threads);
        let _ = writeln!(text, "Measured peak on {threads}: {gflops:.0} GFLOP/s with {}.", peak.instructions);
    }
    if results.quick {
        text += "A quick run, to see that it works: the figures mean nothing.\n";
    }
    text
}

fn claims(results: &Results) -> String {
    let judged = |claim: &Claim| Some((claim.title(), claim.verdict(results)?));
    let judged: Vec<_> = CLAIMS.iter().filter_map(judged).collect();
    if judged.is_empty() || results.quick {
        return String::new();
    }
    let mut text = "\n| promise, on 2 threads | measured | wanted | |\n|---|---|---|---|\n".to_string();
    for (title, verdict) in judged {
        let holds = if verdict.holds { "holds" } else { "**does not hold**" };
        let _ = writeln!(text, "| {title} | {} | {} | {holds} |", verdict.measured, verdict.wanted);
    }
    text
}

/// One workload: a row a case, a column a peer. Without `threads`, all of them.
fn table(results: &Results, workload: Workload, threads: Option<usize>) -> String {
    let chosen = |measured: &&Measured| {
        measured.case.workload == workload && threads.is_none_or(|threads| threads == measured.case.threads)
    };
    let rows: Vec<_> = results.measurements.iter().filter(chosen).collect();
    let took_part = |peer: &Peer| rows.iter().any(|measured| measured.of(*peer).is_some());
    let peers: Vec<_> = Peer::ALL.into_iter().filter(took_part).collect();
    if peers.is_empty() {
        return String::new();
    }
    let labels: Vec<_> = peers.iter().map(|peer| peer.label()).collect();
    let title = threads.map(|count| format!(", {}", self::threads(count))).unwrap_or_default();
    let mut text =
        format!("\n| {}{title} | {} |\n|---|{}\n", workload.label(), labels.join(" | "), "--:|".repeat(peers.len()));
    for measured in rows {
        let cells: Vec<_> = peers.iter().map(|peer| cell(measured.of(*peer), threads.is_none())).collect();
        let _ = writeln!(text, "| {} | {} |", row_title(measured, threads.is_none()), cells.join(" | "));
    }
    text
}

fn row_title(measured: &Measured, with_threads: bool) -> String {
    let case = measured.case;
    let threads = if with_threads { format!(", {}", threads(case.threads)) } else { String::new() };
    format!("{}, batch {}{threads}", case.family.label(), case.batch)
}

fn cell(entry: Option<&Entry>, with_spread: bool) -> String {
    let Some(entry) = entry else {
        return "–".to_string();
    };
    let seconds = &entry.seconds;
    let memory = entry.peak_bytes.map(|bytes| format!(", {:.0} MB", bytes as f64 / 1e6)).unwrap_or_default();
    if with_spread && seconds.rounds.len() > 1 {
        return format!("{} ({} to {}){memory}", time(seconds.median), time(seconds.low), time(seconds.high));
    }
    format!("{}{memory}", time(seconds.median))
}

/// Arithmetic a second of the CNN, the one model that is bound by it.
fn rates(results: &Results) -> String {
    let mut text = String::new();
    for Measured { case, entries } in &results.measurements {
        for entry in entries.iter().filter(|entry| entry.peer.takes_part(*case)) {
            if case.family == super::cases::Family::Cnn
                && let Some((gflops, share)) = entry.gflops.zip(entry.share_of_peak)
            {
                let (peer, percent) = (entry.peer.label(), 100.0 * share);
                let _ = writeln!(text, "| {case} | {peer} | {gflops:.1} | {percent:.0} % |");
            }
        }
    }
    if text.is_empty() {
        return text;
    }
    "\nOperations are those of a direct convolution: an algorithm that needs fewer can pass the peak.\n\n\
     | CNN | who | GFLOP/s | of the peak |\n|---|---|--:|--:|\n"
        .to_string()
        + &text
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

/// Made-up results for tests.
#[cfg(test)]
pub(crate) mod samples {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::bench::cases::{Case, Family};
    use crate::bench::results::{Machine, Peak, Software};
    use crate::bench::statistics::Spread;

    pub(crate) const CASE: Case = Case { workload: Workload::TrainStep, family: Family::Cnn, batch: 32, threads: 2 };

    pub(crate) fn results() -> Results {
        let entry = |peer, rounds: &[f64]| Entry {
            peer,
            seconds: Spread::of(rounds.to_vec()).unwrap(),
            gflops: Some(100.0),
            share_of_peak: Some(0.425),
            peak_bytes: (peer == Peer::Zoo).then_some(4_500_000),
        };
        let zoo = entry(Peer::Zoo, &[0.004, 0.004, 0.005]);
        let pytorch = entry(Peer::Pytorch, &[0.008, 0.012, 0.0125]);
        let peaks = vec![Peak { threads: 2, instructions: "avx512".into(), multiply_adds_per_second: 117.6e9 }];
        Results {
            schema: 1,
            started: "2026-01-02T03:04:05Z".into(),
            quick: false,
            machine: Machine {
                cpu: "A processor".into(),
                cores: 2,
                system: "linux x86_64".into(),
                instruction_sets: Vec::new(),
                load_before: None,
                peaks,
            },
            software: Software {
                commit: Some("0123456789abcdef-dirty".into()),
                profile: "release".into(),
                burn: Some("0.22.1".into()),
                torch: None,
            },
            agreement: vec!["all the same".into()],
            left_out: Vec::new(),
            families: Vec::new(),
            measurements: vec![Measured { case: CASE, entries: vec![zoo, pytorch] }],
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

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
| train_step/cnn/batch32/threads2 | zoo | 100.0 | 42 % |
| train_step/cnn/batch32/threads2 | PyTorch | 100.0 | 42 % |

Computed the same before anything was timed:

- all the same
";
        assert_eq!(everything(&samples::results()), expected);
    }

    #[test]
    fn results_survive_their_file() {
        let results = samples::results();
        let text = serde_json::to_string(&results).unwrap();
        assert_eq!(serde_json::from_str::<Results>(&text).unwrap(), results);
    }

    #[test]
    fn times_have_three_digits() {
        let cases = [(12.34, "12.3 s"), (1.0, "1.00 s"), (0.0123, "12.3 ms"), (2.5e-4, "250 µs"), (1.23e-6, "1.23 µs")];
        for (seconds, expected) in cases {
            assert_eq!(time(seconds), expected);
        }
    }
}
