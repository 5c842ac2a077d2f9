//! Scores by class, as tables for people.

use zoo_core::{ClassScores, Scores};

/// One line a score: its mean and standard deviation.
pub(super) fn spread_table(mean: &Scores, deviation: &Scores) -> String {
    let top_5 = |scores: &Scores| scores.top_k.map(|top| top.accuracy);
    let rows = [
        ("loss", Some(mean.loss), Some(deviation.loss)),
        ("accuracy", Some(mean.accuracy), Some(deviation.accuracy)),
        ("top-5 accuracy", top_5(mean), top_5(deviation)),
        ("AUROC", mean.auroc, deviation.auroc),
        ("balanced accuracy", mean.balanced_accuracy, deviation.balanced_accuracy),
        ("sensitivity", mean.sensitivity, deviation.sensitivity),
        ("specificity", mean.specificity, deviation.specificity),
        ("precision", mean.precision, deviation.precision),
        ("F1", mean.f1, deviation.f1),
    ];
    let line = |(name, mean, deviation): (&str, Option<f64>, Option<f64>)| {
        Some(format!("{name:17}  {:.4} ± {:.4}", mean?, deviation?))
    };
    rows.into_iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

/// One line a class.
pub(super) fn class_table(classes: &[ClassScores]) -> String {
    let width = classes.iter().map(|class| class.name.len()).max().unwrap_or(0).max(5);
    let mut table = format!("\n{:width$}  precision  recall     F1  examples\n", "class");
    for ClassScores { name, precision, recall, f1, support } in classes {
        table += &format!("{name:width$}  {precision:9.4}  {recall:6.4} {f1:6.4}  {support:8}\n");
    }
    table
}

/// One line a true class.
pub(super) fn confusion_table(names: &[String], confusion: &[Vec<u64>]) -> String {
    let largest = confusion.iter().flatten().max().copied().unwrap_or(0);
    let cell = largest.to_string().len().max(3);
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let mut table = String::from("confusion: true class by row, predicted class by column, in the same order\n");
    for (name, row) in names.iter().zip(confusion) {
        let cells: Vec<String> = row.iter().map(|count| format!("{count:>cell$}")).collect();
        table += &format!("{name:width$}  {}\n", cells.join(" "));
    }
    table
}
