//! Tables: their columns once, their rows as Markdown, HTML, or lines of a terminal.

use maud::{Markup, html};

/// The head of a column.
#[derive(Clone, Debug)]
pub struct Column {
    title: String,
    /// Whether numbers stand below each other from the right.
    right: bool,
    /// Characters on a terminal.
    width: usize,
}

/// A column of words.
pub fn left(title: impl Into<String>) -> Column {
    Column { title: title.into(), right: false, width: 0 }
}

/// A column of numbers.
pub fn right(title: impl Into<String>) -> Column {
    Column { right: true, ..left(title) }
}

impl Column {
    /// With this many characters on a terminal.
    pub fn width(self, width: usize) -> Self {
        Self { width, ..self }
    }
}

/// The whole table as Markdown.
pub fn markdown(columns: &[Column], rows: &[Vec<String>]) -> String {
    let cell = |text: &str| if text.is_empty() { " ".to_string() } else { format!(" {text} ") };
    let row = |cells: Vec<String>| format!("|{}|\n", cells.join("|"));
    let head = row(columns.iter().map(|column| cell(&column.title)).collect());
    let sides = row(columns.iter().map(|column| if column.right { "--:" } else { "---" }.to_string()).collect());
    let body = rows.iter().map(|cells| row(cells.iter().map(|text| cell(text)).collect()));
    head + &sides + &body.collect::<String>()
}

/// The whole table as HTML: it scrolls within the page where the screen is too narrow.
pub fn markup(titles: &[&str], rows: &[Vec<Markup>]) -> Markup {
    markup_of("", titles, rows)
}

/// The same of a class: of `verdicts` the first column stays in sight.
pub fn markup_of(class: &str, titles: &[&str], rows: &[Vec<Markup>]) -> Markup {
    let named: Vec<&str> = titles.iter().copied().filter(|title| !title.is_empty()).collect();
    html! {
        div class={ "scroll " (class) } role="region" aria-label={ "Table: " (named.join(", ")) } tabindex="0" {
            table {
                thead { tr { @for title in titles { th scope="col" { (title) } } } }
                tbody { @for row in rows { tr { @for cell in row { td { (cell) } } } } }
            }
        }
    }
}

/// The head as a line of a terminal.
pub fn head_line(columns: &[Column]) -> String {
    let titles: Vec<String> = columns.iter().map(|column| column.title.clone()).collect();
    line(columns, &titles)
}

/// A row as a line of a terminal.
pub fn line(columns: &[Column], cells: &[String]) -> String {
    let padded = columns.iter().zip(cells).map(|(Column { right, width, .. }, cell)| match right {
        true => format!("{cell:>width$}"),
        false => format!("{cell:width$}"),
    });
    padded.collect::<Vec<_>>().join(" ").trim_end().to_string()
}

/// So many of what is called that: `1 seed`, `5 seeds`.
pub fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// Text in a cell of HTML.
pub fn text(text: impl AsRef<str>) -> Markup {
    html! { (text.as_ref()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_three_ways() {
        let columns = [left("name").width(6), right("count").width(7), left("")];
        let row = ["a<b".to_string(), "3".to_string(), String::new()].to_vec();
        assert_eq!(
            markdown(&columns, std::slice::from_ref(&row)),
            "| name | count | |\n|---|--:|---|\n| a<b | 3 | |\n"
        );
        assert_eq!([1, 5].map(|count| counted(count, "seed")), ["1 seed", "5 seeds"]);
        assert_eq!(head_line(&columns), "name     count");
        assert_eq!(line(&columns, &row), "a<b          3");
        let html = markup(&["name"], &[vec![text(&row[0])]]).into_string();
        assert!(html.contains("<th scope=\"col\">name</th>") && html.contains("<td>a&lt;b</td>"), "{html}");
    }
}
