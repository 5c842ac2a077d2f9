//! The sections of the notes, each with what shows it and whether it holds.

use super::pages::class;
use crate::notes::{Exhibit, LOOKING, NotesSection, Standing, overview};
use maud::{Markup, html};
use zoo_report::elements::{besides, colored};
use zoo_report::table::{markup, text};

/// How many sections hold: `16 of 16 sections hold`.
pub(crate) fn headline(exhibits: &[Exhibit]) -> String {
    let sections = overview(exhibits);
    let count = |standing| sections.iter().filter(|section| section.standing == standing).count();
    let (holds, not_run) = (count(Standing::Holds), count(Standing::NotRun));
    let in_part = besides(count(Standing::InPart), "as far as they were run");
    format!("{holds} of {} sections hold{in_part}{}", sections.len() - not_run, besides(not_run, "not run"))
}

/// All of them, with links to the parts of the page.
pub(crate) fn section(exhibits: &[Exhibit]) -> Markup {
    let rows: Vec<Vec<Markup>> = overview(exhibits).iter().map(row).collect();
    html! {
        section #sections {
            h2 { "What the notes ask for" }
            p.verdict {
                strong { (headline(exhibits)) "." }
                " Each is a section of the sources; the recipes and experiments that show it are below."
            }
            (markup(&["section", "what it is about", "verdict", "shown by"], &rows))
        }
    }
}

fn row(section: &NotesSection<'_>) -> Vec<Markup> {
    let mark = match section.standing {
        Standing::Holds => "✓ ",
        Standing::Fails => "✗ ",
        Standing::InPart | Standing::NotRun => "",
    };
    let shown_by = html! {
        @if section.number == LOOKING && !section.exhibits.is_empty() {
            "curves, confusion matrix, scores by class and test images of "
        }
        @for (index, exhibit) in section.exhibits.iter().enumerate() {
            @if index > 0 { " " }
            a class=(class(exhibit.standing)) href={ "#" (exhibit.name) } { (exhibit.name) }
        }
    };
    vec![
        text(format!("S{}", section.number)),
        text(section.title),
        colored(class(section.standing), &format!("{mark}{}", section.standing.text())),
        shown_by,
    ]
}
