//! What stands within a line.

use super::Href;
use maud::{Markup, html};

/// A part of a line that is more than words.
enum Span<'a> {
    Code(&'a str),
    Strong(&'a str),
    Emphasis(&'a str),
    Link { words: &'a str, target: &'a str },
}

/// A line with its marks turned into elements.
pub(super) fn spans(line: &str, href: Href<'_>) -> Markup {
    let found = line.char_indices().find_map(|(at, _)| Some((at, first(&line[at..])?)));
    let Some((at, (span, rest))) = found else {
        return html! { (line) };
    };
    html! { (&line[..at]) (shown(span, href)) (spans(rest, href)) }
}

/// What a text begins with, if that is more than words, and what follows it.
fn first(text: &str) -> Option<(Span<'_>, &str)> {
    let between = |mark: &str| {
        let (inside, rest) = text.strip_prefix(mark)?.split_once(mark)?;
        (!inside.is_empty() && inside.trim() == inside).then_some((inside, rest))
    };
    if let Some((inside, rest)) = between("`") {
        return Some((Span::Code(inside), rest));
    }
    if let Some((inside, rest)) = between("**") {
        return Some((Span::Strong(inside), rest));
    }
    if let Some((inside, rest)) = between("*") {
        return Some((Span::Emphasis(inside), rest));
    }
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (target, rest) = rest.split_once(')')?;
    (!words.contains(['[', ']'])).then_some((Span::Link { words, target }, rest))
}

fn shown(span: Span<'_>, href: Href<'_>) -> Markup {
    match span {
        Span::Code(text) => html! { code { (text) } },
        Span::Strong(text) => html! { strong { (spans(text, href)) } },
        Span::Emphasis(text) => html! { em { (spans(text, href)) } },
        Span::Link { words, target } => match href(target) {
            Some(href_of_target) => html! { a href=(href_of_target) { (spans(words, href)) } },
            None => named(words, target, href),
        },
    }
}

/// A file that no page is of, by its path from the root: words that are its path already stay alone.
fn named(words: &str, target: &str, href: Href<'_>) -> Markup {
    let path = target.split_once('#').map_or(target, |(path, _)| path).trim_start_matches("../");
    html! {
        (spans(words, href))
        @if words.trim_matches('`') != path { " (" code { (path) } ")" }
    }
}
