//! The page around the sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A page in one file that fetches nothing, for light and dark screens of any width, and for printers.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// What it is about.
    pub title: &'a str,
    /// A paragraph below the title.
    pub intro: Markup,
    /// Lines of links; the first of a line stands out.
    pub nav: &'a [Vec<Markup>],
    /// The sections.
    pub content: Markup,
    /// What stands below them: where to go on.
    pub foot: Markup,
}

impl Page<'_> {
    /// The page as HTML.
    pub fn render(self) -> String {
        let Self { title, intro, nav, content, foot } = self;
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content=(GENERATOR);
                    title { (title) }
                    style { (PreEscaped(include_str!("page.css"))) }
                }
                body {
                    a.skip href="#content" { "Skip to the content" }
                    header { h1 { (title) } p { (intro) } }
                    nav aria-label="Contents" {
                        @for line in nav { ul { @for link in line { li { (link) } } } }
                    }
                    main #content tabindex="-1" { (content) }
                    (foot)
                }
            }
        };
        page.into_string()
    }
}

/// What every page names as its maker.
const GENERATOR: &str = "zoo-report";

/// Whether a text is a page that was rendered here.
pub fn is_page(text: &str) -> bool {
    text.contains(&format!("<meta name=\"generator\" content=\"{GENERATOR}\">"))
}
