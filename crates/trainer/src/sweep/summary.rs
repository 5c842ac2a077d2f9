//! What a sweep's settings reached over their seeds.

use super::plan::SweepPlan;
use super::rows::SweepRow;
use crate::tables::aligned;
use zoo_core::{Metric, Scores, score_text};
use zoo_results::{Overlap, Report, Spread};

/// Means over the same scores in another order may differ by their rounding, of which this is a bound in parts of them.
const ROUNDING: f64 = 1e-12;

/// One setting with the runs of all its seeds.
struct Setting {
    name: String,
    runs: usize,
    valid: Option<Spread>,
    test: Option<Spread>,
    seconds: Option<Spread>,
}

/// A line a setting: its mean and 95 % interval by Student's distribution over the seeds that finished; then which is best on
/// validation. The test column is shown, and nothing is chosen by it.
pub(crate) fn summary(plan: &SweepPlan, rows: &[SweepRow], metric: Metric) -> String {
    let settings = settings(plan, rows, metric);
    let head = ["setting", "runs", "valid", "test"].map(|name| match name {
        "valid" | "test" => format!("{name} {}", metric.label()),
        _ => name.to_string(),
    });
    let line = |setting: &Setting| {
        let Setting { name, runs, valid, test, seconds } = setting;
        let finished = valid.map_or(0, |valid| valid.count);
        let name = if name.is_empty() { "all seeds" } else { name };
        let seconds = seconds.map(|seconds| format!("{:.1}", seconds.mean)).unwrap_or_default();
        vec![name.to_string(), format!("{finished}/{runs}"), in_words(metric, *valid), in_words(metric, *test), seconds]
    };
    let head = head.into_iter().chain(["seconds".to_string()]).collect();
    let table: Vec<Vec<String>> = std::iter::once(head).chain(settings.iter().map(line)).collect();
    let table = format!("mean ± 95 % interval over the seeds\n{}", aligned(&table, 1));
    match best(&settings, metric).as_slice() {
        [] => table,
        [best] => format!("{table}\nbest on validation: {best}"),
        tied => format!("{table}\nbest on validation, a tie: {}", tied.join(" and ")),
    }
}

fn settings(plan: &SweepPlan, rows: &[SweepRow], metric: Metric) -> Vec<Setting> {
    let mut settings: Vec<(String, Vec<&SweepRow>)> = Vec::new();
    for (run, row) in plan.runs.iter().zip(rows) {
        let name = plan.setting(run);
        match settings.iter_mut().find(|(other, _)| *other == name) {
            Some((_, rows)) => rows.push(row),
            None => settings.push((name, vec![row])),
        }
    }
    let setting = |(name, rows): (String, Vec<&SweepRow>)| {
        let spread = |value: &dyn Fn(&Report) -> Option<f64>| {
            let values: Vec<f64> = rows.iter().filter_map(|row| value(row.report.as_deref()?)).collect();
            Spread::of(&values)
        };
        let score = |scores: fn(&Report) -> &Scores| spread(&|report| scores(report).value(metric));
        Setting {
            runs: rows.len(),
            valid: score(|report| &report.valid),
            test: score(|report| &report.test),
            seconds: spread(&|report| Some(report.train_seconds)),
            name,
        }
    };
    settings.into_iter().map(setting).collect()
}

/// The settings with the best mean on validation, several in a tie, of those that finished all their seeds; none where there is
/// nothing to compare.
fn best(settings: &[Setting], metric: Metric) -> Vec<&str> {
    let value = |setting: &Setting| {
        let valid = setting.valid.filter(|valid| valid.count == setting.runs);
        valid.map(|valid| metric.larger_is_better(valid.mean))
    };
    let highest = settings.iter().filter_map(value).max_by(f64::total_cmp);
    let Some(highest) = highest.filter(|_| settings.len() > 1) else {
        return Vec::new();
    };
    let is_best = |setting: &&Setting| value(setting).is_some_and(|value| highest - value <= ROUNDING * value.abs());
    settings.iter().filter(is_best).map(|setting| setting.name.as_str()).collect()
}

/// `0.9712 ± 0.0034`; of a single value, the value.
fn in_words(metric: Metric, spread: Option<Spread>) -> String {
    let score = |value| score_text(Some(metric), value);
    let Some(spread) = spread else {
        return "-".to_string();
    };
    match Overlap::default().interval(&spread) {
        Some((_, high)) => format!("{} ± {}", score(spread.mean), score(high - spread.mean)),
        None => score(spread.mean),
    }
}
