//! What the pages have in common: their names, the links between them, and what stands around each.

use crate::notes::{Exhibit, ExhibitKind};
use maud::{Markup, html};
use zoo_report::page::Page;

/// The file of the overview.
pub(crate) const OVERVIEW: &str = "index.html";

/// The file of what the notes get wrong.
pub(crate) const ERRATA_FILE: &str = "errata.html";

/// What links call that page.
pub(crate) const ERRATA_NAME: &str = "Wrong in the notes";

/// A page before it is linked with the others.
pub(crate) struct SitePage {
    pub(crate) file: String,
    /// What links call it.
    pub(crate) name: String,
    pub(crate) title: String,
    /// A paragraph below the title.
    pub(crate) intro: Markup,
    pub(crate) content: Markup,
}

/// The file of a recipe's page.
pub(crate) fn model_file(name: &str) -> String {
    format!("model-{name}.html")
}

/// The file of an experiment's page.
pub(crate) fn lesson_file(name: &str) -> String {
    format!("lesson-{name}.html")
}

/// A link to another page.
pub(crate) fn link(file: &str, words: &str) -> Markup {
    html! { a href=(file) { (words) } }
}

/// A link to the page of an exhibit, with a mark where its data are unverified.
pub(crate) fn link_to(exhibit: &Exhibit) -> Markup {
    let file = match exhibit.kind {
        ExhibitKind::Recipe => model_file(&exhibit.name),
        ExhibitKind::Experiment => lesson_file(&exhibit.name),
    };
    html! { (link(&file, &exhibit.name)) @if exhibit.is_unverified { " " (unverified()) } }
}

/// The mark of what was measured on other files than the published ones.
pub(crate) fn unverified() -> Markup {
    html! { span.unverified { "unverified data" } }
}

/// The pages as HTML, each with links to the one before and the one after it.
pub(crate) fn render(pages: Vec<SitePage>) -> Vec<(String, String)> {
    let places: Vec<(String, String)> = pages.iter().map(|page| (page.file.clone(), page.name.clone())).collect();
    let rendered = pages.into_iter().enumerate().map(|(place, SitePage { file, title, intro, content, .. })| {
        let nav = [contents(&file)];
        let before = place.checked_sub(1).and_then(|before| places.get(before));
        let foot = foot(before, places.get(place + 1));
        (file, Page { title: &title, intro, nav: &nav, content, foot }.render())
    });
    rendered.collect()
}

/// Links to the parts of the site.
fn contents(file: &str) -> Vec<Markup> {
    let parts = [
        (OVERVIEW, "", "Overview"),
        (ERRATA_FILE, "", ERRATA_NAME),
        (OVERVIEW, "#sections", "The notes"),
        (OVERVIEW, "#models", "Models"),
        (OVERVIEW, "#lessons", "Lessons"),
        (OVERVIEW, "#how-to", "How to"),
    ];
    let part = |(target, anchor, words): (&str, &str, &str)| {
        let is_here = file == target && anchor.is_empty();
        html! { a href={ (target) (anchor) } aria-current=[is_here.then_some("page")] { (words) } }
    };
    parts.into_iter().map(part).collect()
}

fn foot(before: Option<&(String, String)>, after: Option<&(String, String)>) -> Markup {
    html! {
        footer {
            nav aria-label="Pages" {
                ul {
                    @if let Some((file, name)) = before { li { a rel="prev" href=(file) { "← " (name) } } }
                    @if let Some((file, name)) = after { li { a rel="next" href=(file) { (name) " →" } } }
                }
            }
        }
    }
}
