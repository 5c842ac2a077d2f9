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

    /// The innermost place of the TOML `text` that holds `span`; the top for an empty one, as the reader gives it none.
    pub(crate) fn at(text: &str, span: &Range<usize>) -> KeyPath {
        let document = if span.is_empty() { None } else { DeTable::parse(text).ok() };
        KeyPath(document.and_then(|document| steps_to(document.get_ref(), span)).unwrap_or_default())
    }

    /// The place that this one is in.
    pub(crate) fn parent(mut self) -> KeyPath {
        self.0.pop();
        self
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

/// The way from `table` to what holds `span`. A table below a header is written in several places, so that its own span is the
/// header's alone.
fn steps_to(table: &DeTable<'_>, span: &Range<usize>) -> Option<Vec<Step>> {
    let holds = |place: Range<usize>| place.start <= span.start && span.start < place.end;
    table.iter().find_map(|(key, value)| {
        let below = match value.get_ref() {
            _ if value.span() == *span => None,
            DeValue::Table(inner) => steps_to(inner, span),
            // An item under a header of its own, `[[claim.floors]]`, is written below it, too.
            DeValue::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
                let inner = item.get_ref().as_table().and_then(|table| steps_to(table, span));
                let below = inner.or_else(|| holds(item.span()).then(Vec::new))?;
                Some([vec![Step::Item(index)], below].concat())
            }),
            _ => None,
        };
        let here = || (holds(key.span()) || holds(value.span())).then(Vec::new);
        let below = below.or_else(here)?;
        Some([vec![Step::Key(key.get_ref().to_string())], below].concat())
    })
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
