//! A page per experiment: the question, the mathematics, the picture, what it means; below it, folded, how it is checked.

use super::pages::ExperimentPage;
use super::site::{SitePage, lesson_file};
use crate::outcomes::RecordedOutcome;
use crate::results::{day, short_commit};
use experiments::{Excerpt, Lesson, LessonFormulas};
use maud::{Markup, html};
use zoo_report::elements::{chart, colored, command, details};
use zoo_report::math::formula;
use zoo_report::table::{counted, markup, markup_of, text};
use zoo_results::outcome::{Drawn, Finding, FindingVerdict, Outcome, ResultTable, SET_VALUES};

/// The whole page.
pub(crate) fn page(experiment: &ExperimentPage) -> SitePage {
    let ExperimentPage { name, title, lesson, recorded, .. } = experiment;
    let content = html! {
        (verdict(experiment))
        section #notes { h2 { "The notes say" } p { (experiment.says) } }
        (mathematics(lesson))
        @if let Some(RecordedOutcome { outcome, figures }) = recorded {
            @let (first, others) = figures.split_at(figures.len().min(1));
            (pictures("picture", "The picture", first))
            (meaning(lesson, outcome))
            (pictures("pictures", "More pictures", others))
            (code(&lesson.code))
            (checks(outcome))
        } @else {
            (code(&lesson.code))
        }
    };
    SitePage {
        file: lesson_file(name),
        name: name.clone(),
        title: title.clone(),
        intro: text(lesson.question),
        content,
    }
}

/// How many claims came out in which way, or how to run it.
fn verdict(ExperimentPage { name, sources, recorded, .. }: &ExperimentPage) -> Markup {
    let Some(RecordedOutcome { outcome, .. }) = recorded else {
        return html! { p.note { "Not run yet: " (command(&format!("cargo xtask reproduce {name}"))) } };
    };
    let [holding, differing, failing] = outcome.counts();
    html! {
        p.verdict {
            (sources.join(", ")) ": " (colored("holds", &format!("{holding} claims hold"))) ", "
            (colored(if differing > 0 { "differs" } else { "none" }, &format!("{differing} differ from the source"))) ", "
            (colored(if failing > 0 { "fails" } else { "none" }, &format!("{failing} fail"))) "."
        }
        @if let Some(set) = outcome.set_in_words() { p.note { "Run with " (set) ". " (SET_VALUES) } }
    }
}

fn mathematics(lesson: &Lesson) -> Markup {
    html! {
        section #mathematics {
            h2 { "The mathematics" }
            @for LessonFormulas { about, formulas } in lesson.mathematics {
                p { (about) }
                div.formulas { @for one in *formulas { (formula(one)) } }
            }
        }
    }
}

fn pictures(id: &str, heading: &str, figures: &[Drawn]) -> Markup {
    html! {
        @if !figures.is_empty() {
            section id=(id) { h2 { (heading) } div.charts.large { @for figure in figures { (chart(figure)) } } }
        }
    }
}

/// What to see, and where something else comes out than the source states.
fn meaning(lesson: &Lesson, outcome: &Outcome) -> Markup {
    let unlike: Vec<&Finding> = outcome.claims.iter().filter(|one| one.verdict != FindingVerdict::Holds).collect();
    html! {
        section #meaning {
            h2 { "What it means" }
            @for paragraph in lesson.meaning { p { (paragraph) } }
            @if !unlike.is_empty() {
                h3 { "What does not come out as stated" }
                ul.findings { @for finding in unlike { (unlike_finding(finding)) } }
            }
        }
    }
}

fn unlike_finding(finding: &Finding) -> Markup {
    let reason = match &finding.verdict {
        FindingVerdict::Differs { reason } => reason.as_str(),
        FindingVerdict::Holds | FindingVerdict::Fails => "",
    };
    html! {
        li {
            (word(&finding.verdict)) ": " (finding.sentence) ": " (finding.measured) ", not " (finding.expected) ". "
            small { (reason) }
        }
    }
}

/// The lines that compute it, with a link to their file, which stands below them: a page needs nothing around it.
fn code(excerpt: &Excerpt) -> Markup {
    html! {
        @if let Some((line, lines)) = excerpt.lines() {
            section #code {
                h2 { "The lines that compute it" }
                p.note { a href="#file" { code { (excerpt.file) } } ", line " (line) }
                pre tabindex="0" { (lines) }
                // Whoever follows the link has it opened; its class tells it from the checks.
                details.file { summary { "The whole file" } pre #file tabindex="0" { (excerpt.source) } }
            }
        }
    }
}

/// Everything that was checked and measured, to be opened.
fn checks(outcome: &Outcome) -> Markup {
    let contents = format!("{} and {}", counted(outcome.claims.len(), "claim"), counted(outcome.tables.len(), "table"));
    let content = html! {
        p.note { (facts(outcome)) }
        h3 { "Claims" }
        (claims(outcome))
        @if !outcome.notes.is_empty() { h3 { "Remarks" } }
        @for note in &outcome.notes { p { (note) } }
        @for table in &outcome.tables { (result_table(table)) }
    };
    html! { section #checks { h2 { "How it is checked" } (details(&contents, &content)) } }
}

/// Time, seed, machine, and how to run it.
fn facts(outcome: &Outcome) -> Markup {
    let Outcome { seconds, threads, burn, .. } = outcome;
    let seeds: Vec<String> = outcome.seeds.iter().map(u64::to_string).collect();
    let (option, size) = match outcome.quick {
        true => (" --quick", "; smaller samples and wider tolerances than in a full run"),
        false => ("", ""),
    };
    let set: String = outcome.set.iter().map(|one| format!(" --set {}={}", one.name, one.value)).collect();
    let (commit, day) = (short_commit(outcome.commit.as_deref()), day(&outcome.started));
    html! {
        (format!("{seconds:.1}")) " s on " (counted(*threads, "thread")) ", seed " (seeds.join(", ")) ", Burn " (burn) ", commit " (commit)
        ", " (day) (size) ". "
        (command(&format!("cargo run -p experiments -- run {}{option}{set}", outcome.experiment)))
    }
}

fn claims(outcome: &Outcome) -> Markup {
    let row = |Finding { sentence, expected, measured, verdict, .. }: &Finding| {
        vec![word(verdict), text(sentence), text(expected), text(measured)]
    };
    let rows: Vec<_> = outcome.claims.iter().map(row).collect();
    markup_of("verdicts", &["verdict", "claim", "expected", "measured"], &rows)
}

fn word(verdict: &FindingVerdict) -> Markup {
    match verdict {
        FindingVerdict::Holds => colored("holds", "✓ holds"),
        FindingVerdict::Fails => colored("fails", "✗ fails"),
        FindingVerdict::Differs { .. } => colored("differs", "differs"),
    }
}

fn result_table(table: &ResultTable) -> Markup {
    let head: Vec<&str> = table.head.iter().map(String::as_str).collect();
    let rows: Vec<Vec<Markup>> = table.rows.iter().map(|row| row.iter().map(text).collect()).collect();
    html! { h3 { (table.caption) } (markup(&head, &rows)) }
}
