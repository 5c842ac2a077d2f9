//! Scores, classes and whatever else has rows, as text for people.

use zoo_core::{ClassScores, Metric, Provenance, Scores, score_text, shortened};

/// One line per row, every column as wide as its widest cell: the first `texts` columns to the left, those of numbers to the right.
pub(crate) fn aligned(rows: &[Vec<String>], texts: usize) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let cell = |(column, cell): (usize, &String)| match widths[column] {
        width if column < texts => format!("{cell:width$}"),
        width => format!("{cell:>width$}"),
    };
    let line = |row: &Vec<String>| row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ");
    rows.iter().map(|row| line(row).trim_end().to_string()).collect::<Vec<_>>().join("\n")
}

/// The last part of each key, or the whole of it where that is another's, too.
pub(crate) fn short_names(keys: &[String]) -> Vec<String> {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_string();
    let is_unique = |key: &str| keys.iter().filter(|other| last(other) == last(key)).count() == 1;
    keys.iter().map(|key| if is_unique(key) { last(key) } else { key.clone() }).collect()
}

/// A p-value, or below what it is.
pub(crate) fn p_in_words(p: f64) -> String {
    if p < 0.0001 { "< 0.0001".to_string() } else { format!("{p:.4}") }
}

/// The scores of a split, in one line.
pub(crate) fn score_line(scores: &Scores) -> String {
    named(scores)
        .into_iter()
        .map(|Named { name, metric, value }| format!("{name} {}", score_text(metric, value)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// One line per score: its mean and standard deviation.
pub(crate) fn spread_table(mean: &Scores, deviation: &Scores) -> String {
    let pairs = named(mean).into_iter().zip(named(deviation));
    let rows = pairs.map(|(Named { name, metric, value }, deviation)| {
        vec![name, format!("{} ± {}", score_text(metric, value), score_text(metric, deviation.value))]
    });
    aligned(&rows.collect::<Vec<_>>(), 2)
}

/// A score that was measured.
struct Named {
    name: String,
    /// If it is one that a run is judged by.
    metric: Option<Metric>,
    value: f64,
}

/// Those that were measured, by name.
fn named(scores: &Scores) -> Vec<Named> {
    let metric = |metric: Metric| (metric.label().to_string(), Some(metric), scores.value(metric));
    let other = |name: &str, value| (name.to_string(), None, value);
    let top = scores.top_k.map(|top| (format!("top-{} accuracy", top.k), None, Some(top.accuracy)));
    let all = [metric(Metric::Loss), metric(Metric::Accuracy)].into_iter().chain(top).chain([
        metric(Metric::Auroc),
        metric(Metric::BalancedAccuracy),
        other("sensitivity", scores.sensitivity),
        other("specificity", scores.specificity),
        other("precision", scores.precision),
        other("F1", scores.f1),
        metric(Metric::Rmse),
        metric(Metric::Mae),
        metric(Metric::R2),
    ]);
    all.filter_map(|(name, metric, value)| Some(Named { name, metric, value: value? })).collect()
}

/// One line per class.
pub(crate) fn class_table(classes: &[ClassScores]) -> String {
    let head = ["class", "precision", "recall", "F1", "examples"].map(str::to_string).to_vec();
    let row = |class: &ClassScores| {
        let scores = [class.precision, class.recall, class.f1].map(|score| format!("{score:.4}"));
        std::iter::once(shortened(&class.name).into_owned()).chain(scores).chain([class.support.to_string()]).collect()
    };
    let rows: Vec<_> = std::iter::once(head).chain(classes.iter().map(row)).collect();
    format!("\n{}\n", aligned(&rows, 1))
}

/// One line per true class.
pub(crate) fn confusion_table(names: &[String], confusion: &[Vec<u64>]) -> String {
    let row = |(name, counts): (&String, &Vec<u64>)| {
        std::iter::once(shortened(name).into_owned()).chain(counts.iter().map(u64::to_string)).collect()
    };
    let rows: Vec<_> = names.iter().zip(confusion).map(row).collect();
    format!("confusion: true class by row, predicted class by column, in the same order\n{}\n", aligned(&rows, 1))
}

/// Whether the files were the published ones, in words.
pub(crate) fn standing(provenance: Provenance) -> &'static str {
    match provenance {
        Provenance::Official => "official",
        Provenance::Unverified => "unverified: not the published files",
        Provenance::Own => "your own",
    }
}

/// Some seeds, in words.
pub(crate) fn seeds_in_words(seeds: &[u64]) -> String {
    let list: Vec<String> = seeds.iter().map(u64::to_string).collect();
    format!("{} {}", if seeds.len() == 1 { "seed" } else { "seeds" }, list.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [["class", "F1"], ["a", "0.5000"]].map(|row| row.map(str::to_string).to_vec());
        assert_eq!(aligned(&rows, 1), "class      F1\na      0.5000");
        assert_eq!(aligned(&rows, 2), "class  F1\na      0.5000");
    }
}
