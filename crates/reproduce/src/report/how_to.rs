//! The how-to pages: the Markdown files of `docs/`, in the order of the list in `docs/README.md`.

use super::site::SitePage;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use maud::html;
use std::fs;
use zoo_report::markdown::Article;

/// Their folder below the workspace's root.
const FOLDER: &str = "docs";

/// The file that lists them.
const LIST: &str = "README.md";

/// How something is done, step by step.
pub(crate) struct HowTo {
    /// In the words of the list.
    pub(crate) goal: String,
    pub(crate) page: SitePage,
}

/// All pages that are listed.
pub(crate) fn read(workspace: &Workspace) -> Result<Vec<HowTo>> {
    let folder = workspace.root().join(FOLDER);
    let text_of = |name: &str| {
        let file = folder.join(name);
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    let list = text_of(LIST)?;
    let entries: Vec<(&str, &str)> = list.lines().filter_map(entry).collect();
    let sources: Vec<&str> = entries.iter().map(|(source, _)| *source).collect();
    let how_to = |(source, goal): (&str, &str)| {
        Ok(HowTo { goal: goal.to_string(), page: page(source, &text_of(source)?, &sources)? })
    };
    entries.iter().copied().map(how_to).collect()
}

/// File and goal of a line of the list: `- [Title](file.md): goal`.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (_, rest) = line.strip_prefix("- [")?.split_once("](")?;
    rest.split_once("): ")
}

fn page(source: &str, text: &str, sources: &[&str]) -> Result<SitePage> {
    let article = Article::parse(text).with_context(|| {
        format!(
            "{FOLDER}/{source} does not begin with a title and a paragraph; write `# TITLE` and below it what it is for"
        )
    })?;
    let link = |target: &str| href(target, sources);
    let content = html! {
        (article.sections(&link))
        p.note { "From " code { (FOLDER) "/" (source) } ", of which CI runs every command but those that are marked." }
    };
    Ok(SitePage {
        file: how_to_file(source),
        name: article.title.to_string(),
        title: article.title.to_string(),
        intro: article.intro(&link),
        content,
    })
}

/// The page of a file.
fn how_to_file(source: &str) -> String {
    format!("how-to-{}.html", source.trim_end_matches(".md"))
}

/// Where a link leads on the site; `None` if the site has no page of that.
fn href(target: &str, sources: &[&str]) -> Option<String> {
    let (file, place) = target.split_at(target.find('#').unwrap_or(target.len()));
    match file {
        "" => Some(place.to_string()),
        _ if file.starts_with("https://") => Some(target.to_string()),
        _ => sources.contains(&file).then(|| how_to_file(file) + place),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::catalog::entries;
    use std::collections::BTreeMap;

    /// Every file of the folder is listed, and no mark of Markdown is left outside its code.
    #[test]
    fn every_file_has_its_page_as_it_was_written() {
        let workspace = Workspace::here();
        let folder = workspace.root().join(FOLDER);
        let names = entries(&folder).unwrap().into_iter().map(|file| file.file_name().unwrap().to_owned());
        let names = names.map(|name| name.to_string_lossy().into_owned());
        let names: Vec<String> = names.filter(|name| name.ends_with(".md") && name != LIST).collect();
        let list = fs::read_to_string(folder.join(LIST)).unwrap();
        let how_tos = read(&workspace).unwrap().into_iter();
        let pages: BTreeMap<String, SitePage> = how_tos.map(|one| (one.page.file.clone(), one.page)).collect();
        assert!(names.len() == pages.len() && names.len() >= 6, "{names:?}");
        for name in names {
            let (page, text) = (&pages[&how_to_file(&name)], fs::read_to_string(folder.join(&name)).unwrap());
            assert!(list.contains(&format!("- [{}]({name}): ", page.title)), "{name} is listed by another title");
            let html = page.intro.clone().into_string() + &page.content.clone().into_string();
            assert_eq!(html.matches("<pre").count(), text.matches("\n```").count() / 2, "{name}: blocks of code");
            let words = without(&without(&html, "<pre", "</pre>"), "<code>", "</code>");
            for mark in ["](", "**", "`", "|", "<!--"] {
                assert!(!words.contains(mark), "{name}: {mark} in {words}");
            }
        }
    }

    /// A text without what stands from each `start` to the next `end`.
    fn without(text: &str, start: &str, end: &str) -> String {
        text.split(start).map(|part| part.split_once(end).map_or(part, |(_, after)| after)).collect()
    }

    #[test]
    fn links_lead_to_pages_of_the_site_to_other_sites_or_nowhere() {
        let href = |target| href(target, &["devices.md", "speed.md"]);
        assert_eq!(href("speed.md#threads").as_deref(), Some("how-to-speed.html#threads"));
        assert_eq!(href("#threads").as_deref(), Some("#threads"));
        assert_eq!(href("https://burn.dev/#x").as_deref(), Some("https://burn.dev/#x"));
        assert_eq!([href("../results/README.md#speed"), href("other.md")], [None, None]);
    }

    #[test]
    fn a_line_of_the_list_names_a_file_and_a_goal() {
        assert_eq!(entry("- [Speed](speed.md): make (it) fast"), Some(("speed.md", "make (it) fast")));
        assert_eq!([entry("# How to"), entry("- [Speed](speed.md)")], [None, None]);
    }

    #[test]
    fn what_is_no_article_is_refused() {
        let refused = page("speed.md", "Fast.", &[]).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.starts_with("docs/speed.md does not begin with a title and a paragraph; write"), "{refused}");
    }
}
