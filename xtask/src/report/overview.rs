//! The sections of the notes, each with what shows it and what came of that.

use super::html::{escape, table};
use crate::sources::{LOOKING, Section, Shown, State, overview};

/// All of them, with links to the parts of the page.
pub(super) fn section(shown: &[Shown]) -> String {
    let sections = overview(shown);
    let holds = sections.iter().filter(|section| section.state == State::Holds).count();
    let rows: Vec<Vec<String>> = sections.iter().map(row).collect();
    format!(
        "<section id=\"sections\">\n<h2>What the notes ask for</h2>\n<p class=\"verdict\"><strong>{holds} of {} sections hold.</strong> \
         Each is a section of the sources; the recipes and experiments that show it are below.</p>\n{}</section>\n",
        sections.len(),
        table(&["section", "what it is about", "verdict", "shown by"], &rows)
    )
}

fn row(section: &Section<'_>) -> Vec<String> {
    let link = |one: &&Shown| format!("<a class=\"{}\" href=\"#{1}\">{1}</a>", class(one.state), escape(&one.name));
    let mut by: Vec<String> = section.shown.iter().map(link).collect();
    if section.number == LOOKING && !by.is_empty() {
        by.insert(0, "curves, confusion matrix, scores by class and test images of".to_string());
    }
    vec![
        format!("S{}", section.number),
        escape(section.title),
        format!("<span class=\"{}\">{}{}</span>", class(section.state), mark(section.state), section.state.text()),
        by.join(" "),
    ]
}

/// How a state is colored.
pub(super) fn class(state: State) -> &'static str {
    match state {
        State::Holds => "holds",
        State::Fails => "fails",
        State::InPart | State::NotRun => "open",
    }
}

fn mark(state: State) -> &'static str {
    match state {
        State::Holds => "✓ ",
        State::Fails => "✗ ",
        State::InPart | State::NotRun => "",
    }
}
