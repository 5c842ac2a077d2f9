//! Articles written in Markdown, as far as the zoo's own go: a title, headings, paragraphs, lists, tables and fenced code; within a line
//! code, strong words, emphasis and links.

mod blocks;
mod spans;

use crate::table::markup;
use blocks::{Block, blocks};
use maud::{Markup, html};
use spans::spans;

/// Where a link's target is found from a page; `None` if there is nothing to link to.
pub type Href<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What is told of one thing: a title, a paragraph on what it is for, sections.
///
/// ```
/// use zoo_report::markdown::Article;
///
/// let article = Article::parse("# Speed\n\nHow fast it is.\n\n## Threads\n\nAs many as `--threads` says.\n").unwrap();
/// assert_eq!(article.title, "Speed");
/// let sections = article.sections(&|_| None).into_string();
/// assert!(sections.contains("<h2>Threads</h2><p>As many as <code>--threads</code> says.</p>"), "{sections}");
/// ```
#[derive(Clone, Debug)]
pub struct Article<'a> {
    /// Words without marks.
    pub title: &'a str,
    intro: String,
    blocks: Vec<Block<'a>>,
}

impl<'a> Article<'a> {
    /// The article that a text is; `None` if the text does not begin with a title, `# ...`, and a paragraph.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut blocks = blocks(text).into_iter();
        let Some(Block::Heading { level: 1, text: title }) = blocks.next() else { return None };
        let Some(Block::Paragraph(intro)) = blocks.next() else { return None };
        Some(Self { title, intro, blocks: blocks.collect() })
    }

    /// The paragraph below the title.
    pub fn intro(&self, href: Href<'_>) -> Markup {
        spans(&self.intro, href)
    }

    /// All that stands below it; a section's `id` is what GitHub calls the place of its heading.
    pub fn sections(&self, href: Href<'_>) -> Markup {
        let sections = self.blocks.chunk_by(|_, next| anchor(next).is_none());
        html! {
            @for blocks in sections {
                section.article id=[blocks.first().and_then(anchor)] {
                    @for block in blocks { (shown(block, href)) }
                }
            }
        }
    }
}

/// The place of a section, if the block begins one.
fn anchor(block: &Block<'_>) -> Option<String> {
    let Block::Heading { level: 2, text } = block else { return None };
    let kept = text.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    Some(kept.flat_map(char::to_lowercase).collect::<String>().replace(' ', "-"))
}

fn shown(block: &Block<'_>, href: Href<'_>) -> Markup {
    match block {
        Block::Heading { level: ..=2, text } => html! { h2 { (spans(text, href)) } },
        Block::Heading { text, .. } => html! { h3 { (spans(text, href)) } },
        Block::Paragraph(text) => html! { p { (spans(text, href)) } },
        Block::List { is_numbered: true, items } => html! { ol { @for item in items { li { (spans(item, href)) } } } },
        Block::List { items, .. } => html! { ul { @for item in items { li { (spans(item, href)) } } } },
        Block::Table { head, rows } => table(head, rows, href),
        Block::Code { language, note, text } => html! {
            pre class=[(*language == "text").then_some("output")] tabindex="0" { (text) }
            @if !note.is_empty() { p.note { (note) } }
        },
    }
}

fn table(head: &[&str], rows: &[Vec<&str>], href: Href<'_>) -> Markup {
    let head: Vec<String> = head.iter().map(|title| title.replace(['`', '*'], "")).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows: Vec<Vec<Markup>> = rows.iter().map(|row| row.iter().map(|cell| spans(cell, href)).collect()).collect();
    markup(&head, &rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    const TEXT: &str = "\
# A title

What it
is *for*.

Before any section: <b>.

## Many `x`, at once!

<!-- generated: x -->
- one
  that goes on
- **two**

1. first
2. second

| | `name` |
|---|--:|
| `a` | |

```sh not-run: no GPU
# no heading
a < b
```

```text
- b
```
### Deeper
[here](page.md#place), [not here](../there/file.rs#L1), [`there/file.rs`](../there/file.rs)
";

    fn of_the_site(target: &str) -> Option<String> {
        target.strip_prefix("page.md").map(|place| format!("page.html{place}"))
    }

    #[test]
    fn an_article_has_a_title_an_intro_and_sections() {
        let article = Article::parse(TEXT).unwrap();
        assert_eq!(
            (article.title, article.intro(&of_the_site).into_string()),
            ("A title", "What it is <em>for</em>.".into())
        );
        let sections = article.sections(&of_the_site).into_string();
        let (before, section) = sections.split_once("</section>").unwrap();
        assert_eq!(before, "<section class=\"article\"><p>Before any section: &lt;b&gt;.</p>");
        for part in [
            "<section class=\"article\" id=\"many-x-at-once\"><h2>Many <code>x</code>, at once!</h2><ul>",
            "<ul><li>one that goes on</li><li><strong>two</strong></li></ul><ol><li>first</li><li>second</li></ol>",
            "<th scope=\"col\"></th><th scope=\"col\">name</th>",
            "<tr><td><code>a</code></td><td></td></tr>",
            "<pre tabindex=\"0\"># no heading\na &lt; b</pre><p class=\"note\">not-run: no GPU</p>",
            "<pre class=\"output\" tabindex=\"0\">- b</pre><h3>Deeper</h3>",
            "<a href=\"page.html#place\">here</a>, not here (<code>there/file.rs</code>), <code>there/file.rs</code></p>",
        ] {
            assert!(section.contains(part), "{section}\nwithout: {part}");
        }
        assert!(!section.contains("generated"), "comments are not shown");
    }

    #[test]
    fn what_begins_otherwise_is_no_article() {
        for text in
            ["", "A title\n\nWhat it is for.", "# A title", "# A title\n\n## A section", "## A title\n\nWhat for."]
        {
            assert!(Article::parse(text).is_none(), "{text}");
        }
    }
}
