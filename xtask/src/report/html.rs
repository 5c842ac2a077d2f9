//! Text into HTML.

/// A text with nothing in it that HTML would take for its own.
pub(super) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            other => escaped.push(other),
        }
        escaped
    })
}

/// A table that scrolls inside the page where the screen is too narrow. Cells are HTML.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: String = head.iter().map(|cell| format!("<th scope=\"col\">{cell}</th>")).collect();
    let row = |cells: &Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let body: String = rows.iter().map(row).collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )
}

/// A figure with its caption.
pub(super) fn figure(class: &str, content: &str, caption: &str) -> String {
    format!("<figure class=\"{class}\">{content}<figcaption>{}</figcaption></figure>\n", escape(caption))
}

/// A chart, as wide as it was drawn or as the page allows.
pub(super) fn chart(svg: &str, caption: &str) -> String {
    let width = svg.split("width=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("560");
    format!(
        "<figure class=\"chart\" style=\"width:{width}px\">{svg}<figcaption>{}</figcaption></figure>\n",
        escape(caption)
    )
}

/// Something to be opened.
pub(super) fn details(summary: &str, content: &str) -> String {
    format!("<details><summary>{}</summary>{content}</details>\n", escape(summary))
}

/// A part of 1 as per cent.
pub(super) fn per_cent(part: f64) -> String {
    format!("{:.2} %", 100.0 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(escape("a<b> & \"c\" 'd'"), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
        assert!(details("<x>", "y").contains("&lt;x&gt;"));
    }
}
