//! What an article is made of, one below the other.

/// Lines that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block<'a> {
    /// The title is of level 1.
    Heading { level: usize, text: &'a str },
    /// In one line.
    Paragraph(String),
    /// Each item in one line; none has a list in it.
    List { is_numbered: bool, items: Vec<String> },
    /// Cells are separated by `|`, whatever stands around it.
    Table { head: Vec<&'a str>, rows: Vec<Vec<&'a str>> },
    /// Behind the language stands a note.
    Code { language: &'a str, note: &'a str, text: String },
}

const FENCE: &str = "```";

/// What a line is by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineKind {
    /// Empty, or a comment.
    Nothing,
    Fence,
    Heading,
    Row,
    Item {
        is_numbered: bool,
    },
    Text,
}

impl LineKind {
    fn of(line: &str) -> Self {
        let number = line.split_once(". ").map_or("", |(number, _)| number);
        let is_numbered = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
        match line {
            _ if line.trim().is_empty() || line.starts_with("<!--") => Self::Nothing,
            _ if line.starts_with(FENCE) => Self::Fence,
            _ if line.starts_with('#') && line.trim_start_matches('#').starts_with(' ') => Self::Heading,
            _ if line.starts_with('|') => Self::Row,
            _ if is_numbered || line.starts_with("- ") => Self::Item { is_numbered },
            _ => Self::Text,
        }
    }

    /// Whether a block of such lines has this next one, too: an item goes on in lines of text.
    fn goes_on_with(self, next: Self) -> bool {
        self == next || matches!((self, next), (Self::Item { .. }, Self::Text))
    }
}

/// The blocks of a text.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let kind = LineKind::of(line);
        match kind {
            LineKind::Nothing => {}
            LineKind::Fence => {
                let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != FENCE).collect();
                blocks.push(code(line, &inside));
            }
            LineKind::Heading => blocks.push(heading(line)),
            LineKind::Row | LineKind::Item { .. } | LineKind::Text => {
                let mut group = vec![line];
                while let Some(next) = lines.next_if(|next| kind.goes_on_with(LineKind::of(next))) {
                    group.push(next);
                }
                blocks.push(group_of(kind, &group));
            }
        }
    }
    blocks
}

fn code<'a>(fence: &'a str, lines: &[&str]) -> Block<'a> {
    let info = fence.trim_start_matches('`');
    let (language, note) = info.split_once(' ').unwrap_or((info, ""));
    Block::Code { language, note, text: lines.join("\n") }
}

fn heading(line: &str) -> Block<'_> {
    let text = line.trim_start_matches('#');
    Block::Heading { level: line.len() - text.len(), text: text.trim() }
}

fn group_of<'a>(kind: LineKind, lines: &[&'a str]) -> Block<'a> {
    match kind {
        LineKind::Row => table(lines),
        LineKind::Item { is_numbered } => Block::List { is_numbered, items: items(lines) },
        _ => Block::Paragraph(lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")),
    }
}

fn items(lines: &[&str]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in lines {
        match LineKind::of(line) {
            LineKind::Item { .. } => items.extend(line.split_once(' ').map(|(_, text)| text.trim().to_string())),
            _ => {
                if let Some(item) = items.last_mut() {
                    *item += &format!(" {}", line.trim());
                }
            }
        }
    }
    items
}

fn table<'a>(lines: &[&'a str]) -> Block<'a> {
    let mut rows = lines.iter().copied().filter(|line| !is_rule(line)).map(cells);
    let head = rows.next().unwrap_or_default();
    Block::Table { head, rows: rows.collect() }
}

/// Whether a line parts the head from the rows.
fn is_rule(line: &str) -> bool {
    line.contains("--") && line.chars().all(|letter| "|-: ".contains(letter))
}

fn cells(row: &str) -> Vec<&str> {
    row.trim().trim_matches('|').split('|').map(str::trim).collect()
}
