//! What was reached class by class.

use crate::elements::{details, per_cent};
use crate::run_set::RunSet;
use crate::table::{markup, text};
use maud::{Markup, html};
use zoo_core::ClassScores;

/// The scores of each class.
pub fn scores(set: &RunSet<'_>) -> Markup {
    let row = |ClassScores { name, precision, recall, f1, support }: &ClassScores| {
        vec![text(name), per_cent(*precision), per_cent(*recall), per_cent(*f1), html! { (support) }]
    };
    let rows: Vec<_> = set.per_class().iter().map(row).collect();
    html! {
        @if !rows.is_empty() {
            h3 { "By class" } (markup(&["class", "precision", "recall", "F1", "test examples"], &rows))
        }
    }
}

/// The confusion matrix in counts, to be opened.
pub fn counts(set: &RunSet<'_>) -> Markup {
    let names = set.class_names();
    let head: Vec<&str> = std::iter::once("true class").chain(names.iter().map(String::as_str)).collect();
    let row = |(name, counts): (&String, &Vec<u64>)| {
        std::iter::once(text(name)).chain(counts.iter().map(|count| html! { (count) })).collect::<Vec<_>>()
    };
    let rows: Vec<_> = names.iter().zip(set.confusion()).map(row).collect();
    html! { @if !rows.is_empty() { (details("Confusion matrix in counts", &markup(&head, &rows))) } }
}
