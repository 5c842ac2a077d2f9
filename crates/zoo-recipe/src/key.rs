//! Where a value stands in a recipe: `data.augmentation[1].shift.pixels`.

use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// The way from the top of a recipe to one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyPath(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(usize),
}

impl KeyPath {
    /// From keys joined by points.
    pub(crate) fn from_dotted(dotted: &str) -> KeyPath {
        KeyPath(dotted.split('.').map(|key| Step::Key(key.to_owned())).collect())
    }

    /// The innermost place of the TOML `text` that holds the byte at `offset`.
    pub(crate) fn at(text: &str, offset: usize) -> KeyPath {
        let mut path = KeyPath::default();
        if let Ok(document) = DeTable::parse(text) {
            path.descend(document.get_ref(), text, offset);
        }
        path
    }

    fn descend(&mut self, table: &DeTable<'_>, text: &str, offset: usize) {
        let inside = |span: Range<usize>| span.start <= offset && offset < span.end.max(span.start + 1);
        // A table's header counts as the table, and the lines below it until the next header.
        let holds = |key: Range<usize>, value: &DeValue<'_>, span: Range<usize>| match value {
            DeValue::Table(inner) => inside(key) || inside(span) || spread(inner).is_some_and(inside),
            _ => inside(key) || inside(span),
        };
        let found = table.iter().find(|(key, value)| holds(key.span(), value.get_ref(), value.span()));
        let Some((key, value)) = found else { return };
        self.0.push(Step::Key(key.get_ref().to_string()));
        match value.get_ref() {
            DeValue::Table(inner) => self.descend(inner, text, offset),
            DeValue::Array(items) => {
                let Some(index) = items.iter().position(|item| inside(item.span())) else { return };
                self.0.push(Step::Item(index));
                if let DeValue::Table(inner) = items[index].get_ref() {
                    self.descend(inner, text, offset);
                }
            }
            _ => {}
        }
    }

    pub(crate) fn key(mut self, key: &str) -> KeyPath {
        self.0.push(Step::Key(key.to_owned()));
        self
    }

    pub(crate) fn item(mut self, index: usize) -> KeyPath {
        self.0.push(Step::Item(index));
        self
    }

    /// Whether the path ends in this key.
    pub(crate) fn ends_in(&self, key: &str) -> bool {
        matches!(self.0.last(), Some(Step::Key(last)) if last == key)
    }

    /// Whether one of the two leads to or through the other.
    pub(crate) fn overlaps(&self, other: &KeyPath) -> bool {
        self.0.iter().zip(&other.0).all(|(one, another)| one == another)
    }

    /// The value at this place of `table`, or what is left of the way where it ends early: a variant without keys is a text.
    pub(crate) fn lookup<'a>(&self, table: &'a toml::Table) -> Option<&'a toml::Value> {
        let (first, rest) = self.0.split_first()?;
        let Step::Key(first) = first else { return None };
        rest.iter().try_fold(table.get(first)?, |value, step| match step {
            _ if value.is_str() => Some(value),
            Step::Key(key) => value.get(key.as_str()),
            Step::Item(index) => value.get(*index),
        })
    }

    /// The 1-based line of this place in the TOML `text`, or of the nearest place above it that the text has.
    pub(crate) fn line(&self, text: &str) -> Option<usize> {
        let document = DeTable::parse(text).ok()?;
        let offset = deepest_offset(document.get_ref(), &self.0)?;
        Some(line_of(text, offset))
    }
}

/// The 1-based line of a byte offset.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    1 + before.filter(|byte| **byte == b'\n').count()
}

/// From the first to the last byte of what a table holds.
fn spread(table: &DeTable<'_>) -> Option<Range<usize>> {
    let of = |key: Range<usize>, value: &DeValue<'_>, span: Range<usize>| match value {
        DeValue::Table(inner) => {
            let inner = spread(inner).unwrap_or(span.clone());
            key.start.min(span.start).min(inner.start)..key.end.max(span.end).max(inner.end)
        }
        _ => key.start..span.end,
    };
    let spans = table.iter().map(|(key, value)| of(key.span(), value.get_ref(), value.span()));
    spans.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end))
}

fn deepest_offset(table: &DeTable<'_>, steps: &[Step]) -> Option<usize> {
    let (Step::Key(first), rest) = steps.split_first()? else {
        return None;
    };
    let (key, value) = table.iter().find(|(key, _)| key.get_ref().as_ref() == first.as_str())?;
    let below = offset_below(value.get_ref(), rest);
    Some(below.unwrap_or_else(|| key.span().start))
}

fn offset_below(value: &DeValue<'_>, steps: &[Step]) -> Option<usize> {
    match (value, steps.split_first()?) {
        (DeValue::Table(table), _) => deepest_offset(table, steps),
        (DeValue::Array(items), (Step::Item(index), rest)) => {
            let item = items.get(*index)?;
            Some(offset_below(item.get_ref(), rest).unwrap_or_else(|| item.span().start))
        }
        _ => None,
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if position == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
