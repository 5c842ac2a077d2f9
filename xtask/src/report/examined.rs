//! A section an experiment: what the source says, what was computed, figures, tables, verdicts.

use super::Experiment;
use super::html::{chart, escape, table};
use crate::experiments::Recorded;
use zoo_results::outcome::{Claim, Outcome, Table, Verdict};

/// The whole section.
pub(super) fn section(experiment: &Experiment) -> String {
    let name = &experiment.shipped.name;
    let Some(Recorded { outcome, figures }) = &experiment.recorded else {
        return format!(
            "<section id=\"{name}\" class=\"model experiment\">\n<h2>{name}</h2>\n<p class=\"note\">Not run yet: \
             <code>cargo xtask reproduce {name}</code></p>\n</section>\n"
        );
    };
    let drawn: String = figures.iter().zip(&outcome.figures).map(|(svg, figure)| chart(svg, &figure.caption)).collect();
    let tables: String = outcome.tables.iter().map(one_table).collect();
    let notes: String = outcome.notes.iter().map(|note| format!("<p>{}</p>\n", escape(note))).collect();
    format!(
        "<section id=\"{name}\" class=\"model experiment\">\n<h2>{}</h2>\n<p class=\"note\">{}</p>\n<h3>The source says</h3>\n<p>{}</p>\n\
         <h3>What came out</h3>\n{}<div class=\"charts\">{drawn}</div>\n{tables}{notes}</section>\n",
        escape(&outcome.title),
        facts(outcome),
        escape(&outcome.says),
        claims(outcome)
    )
}

/// Names and texts of its figures' files.
pub(super) fn files(experiment: &Experiment) -> Vec<(String, &String)> {
    let Some(Recorded { outcome, figures }) = &experiment.recorded else {
        return Vec::new();
    };
    let name = |file: &str| format!("{}-{file}", experiment.shipped.name);
    outcome.figures.iter().map(|figure| name(&figure.file)).zip(figures).collect()
}

/// Name, sections, time, seed, machine, and how to run it.
fn facts(outcome: &Outcome) -> String {
    let seeds: Vec<String> = outcome.seeds.iter().map(u64::to_string).collect();
    let quick = if outcome.quick { " --quick" } else { "" };
    let size = if outcome.quick { "; smaller samples and wider tolerances than in a full run" } else { "" };
    let commit = outcome.commit.as_deref().map_or("unknown".to_string(), |commit| format!("{commit:.12}"));
    format!(
        "{}; {:.1} s on {} threads, seed {}, Burn {}, commit {}, {}{size}. <code>cargo run -p experiments -- run {}{quick}</code>",
        escape(&outcome.sources.join(", ")),
        outcome.seconds,
        outcome.threads,
        seeds.join(", "),
        escape(&outcome.burn),
        escape(&commit),
        escape(outcome.started.get(..10).unwrap_or_default()),
        escape(&outcome.experiment)
    )
}

fn claims(outcome: &Outcome) -> String {
    let row = |claim: &Claim| {
        let (class, word, reason) = match &claim.verdict {
            Verdict::Holds => ("holds", "✓ holds", String::new()),
            Verdict::Fails => ("fails", "✗ fails", String::new()),
            Verdict::Differs { reason } => ("open", "differs", format!("<br><small>{}</small>", escape(reason))),
        };
        vec![
            format!("{}{reason}", escape(&claim.sentence)),
            escape(&claim.expected),
            escape(&claim.measured),
            format!("<span class=\"{class}\">{word}</span>"),
        ]
    };
    let rows: Vec<Vec<String>> = outcome.claims.iter().map(row).collect();
    table(&["claim", "expected", "measured", "verdict"], &rows)
}

fn one_table(one: &Table) -> String {
    let head: Vec<String> = one.head.iter().map(|cell| escape(cell)).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = one.rows.iter().map(|row| row.iter().map(|cell| escape(cell)).collect()).collect();
    format!("<h3>{}</h3>\n{}", escape(&one.caption), table(&head, &rows))
}
