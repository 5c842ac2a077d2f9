//! Parts of a page.

use maud::{Markup, PreEscaped, html};
use zoo_results::outcome::Drawn;

/// A figure with its caption.
pub fn figure(class: &str, content: &Markup, caption: &str) -> Markup {
    html! { figure class=(class) { (content) figcaption { (caption) } } }
}

/// A chart, as wide as it was drawn or as the page allows.
pub fn chart(Drawn { entry, svg }: &Drawn) -> Markup {
    let width = svg.split("width=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("560");
    html! { figure.chart style={ "width:" (width) "px" } { div.drawing { (PreEscaped(svg)) } figcaption { (entry.caption) } } }
}

/// Something to be opened.
pub fn details(summary: &str, content: &Markup) -> Markup {
    html! { details { summary { (summary) } (content) } }
}

/// A word in the color of its class: `holds`, `differs`, `fails` or `open`.
pub fn colored(class: &str, text: &str) -> Markup {
    html! { span class=(class) { (text) } }
}

/// A command to type.
pub fn command(text: &str) -> Markup {
    html! { code { (text) } }
}

/// A link to the section of that name, in other words.
pub fn link_to_as(name: &str, words: &str) -> Markup {
    html! { a href={ "#" (name) } { (words) } }
}

/// What else there is, behind a count: `; 3 not run`, or nothing.
pub fn besides(count: usize, what: &str) -> String {
    if count == 0 { String::new() } else { format!("; {count} {what}") }
}

/// A fraction in per cent.
pub fn per_cent(fraction: f64) -> Markup {
    html! { (format!("{:.2} %", 100.0 * fraction)) }
}

/// A number in groups of three digits: 145,578.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_thousands() {
        assert_eq!([7, 1234, 145_578, 12_354_176].map(thousands), ["7", "1,234", "145,578", "12,354,176"]);
    }

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(command("a<b> & \"c\"").into_string(), "<code>a&lt;b&gt; &amp; &quot;c&quot;</code>");
        assert!(details("<x>", &html! { "y" }).into_string().contains("&lt;x&gt;"));
        let entry = zoo_results::outcome::FigureFile { file: "a.svg".into(), caption: "a & b".into() };
        let drawn = chart(&Drawn { entry, svg: "<svg width=\"10\"></svg>".into() }).into_string();
        assert!(drawn.contains("width:10px") && drawn.contains("<svg") && drawn.contains("a &amp; b"), "{drawn}");
    }
}
