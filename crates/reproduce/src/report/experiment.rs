//! A section per experiment: what the source says, what was computed, figures, tables, verdicts.

use super::pages::ExperimentPage;
use crate::outcomes::RecordedOutcome;
use crate::results::{day, short_commit};
use maud::{Markup, html};
use zoo_report::elements::{chart, colored, command};
use zoo_report::table::{markup, text};
use zoo_results::outcome::{Finding, FindingVerdict, Outcome, ResultTable};

/// The whole section.
pub(crate) fn section(ExperimentPage { name, recorded, .. }: &ExperimentPage) -> Markup {
    let Some(RecordedOutcome { outcome, figures }) = recorded else {
        return html! {
            section.model.experiment id=(name) {
                h2 { (name) }
                p.note { "Not run yet: " (command(&format!("cargo xtask reproduce {name}"))) }
            }
        };
    };
    html! {
        section.model.experiment id=(name) {
            h2 { (outcome.title) }
            p.note { (facts(outcome)) }
            h3 { "The source says" }
            p { (outcome.says) }
            h3 { "What came out" }
            (claims(outcome))
            div.charts { @for figure in figures { (chart(figure)) } }
            @for table in &outcome.tables { (result_table(table)) }
            @for note in &outcome.notes { p { (note) } }
        }
    }
}

/// Name, sections, time, seed, machine, and how to run it.
fn facts(outcome: &Outcome) -> Markup {
    let Outcome { sources, seconds, threads, burn, .. } = outcome;
    let seeds: Vec<String> = outcome.seeds.iter().map(u64::to_string).collect();
    let (option, size) = match outcome.quick {
        true => (" --quick", "; smaller samples and wider tolerances than in a full run"),
        false => ("", ""),
    };
    let (sources, seeds) = (sources.join(", "), seeds.join(", "));
    let (commit, day) = (short_commit(outcome.commit.as_deref()), day(&outcome.started));
    html! {
        (sources) "; " (format!("{seconds:.1}")) " s on " (threads) " threads, seed " (seeds) ", Burn " (burn) ", commit " (commit)
        ", " (day) (size) ". "
        (command(&format!("cargo run -p experiments -- run {}{option}", outcome.experiment)))
    }
}

fn claims(outcome: &Outcome) -> Markup {
    let row = |Finding { sentence, expected, measured, verdict, .. }: &Finding| {
        let (class, word, reason) = match verdict {
            FindingVerdict::Holds => ("holds", "✓ holds", None),
            FindingVerdict::Fails => ("fails", "✗ fails", None),
            FindingVerdict::Differs { reason } => ("open", "differs", Some(reason)),
        };
        let sentence = html! { (sentence) @if let Some(reason) = reason { br; small { (reason) } } };
        vec![sentence, text(expected), text(measured), colored(class, word)]
    };
    markup(&["claim", "expected", "measured", "verdict"], &outcome.claims.iter().map(row).collect::<Vec<_>>())
}

fn result_table(table: &ResultTable) -> Markup {
    let head: Vec<&str> = table.head.iter().map(String::as_str).collect();
    let rows: Vec<Vec<Markup>> = table.rows.iter().map(|row| row.iter().map(text).collect()).collect();
    html! { h3 { (table.caption) } (markup(&head, &rows)) }
}
