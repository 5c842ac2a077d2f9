//! Where a value stands in a recipe: `data.augmentation[1].pixels`.

use std::fmt;

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
    /// From keys joined by points, as on the command line.
    pub(crate) fn from_dotted(dotted: &str) -> KeyPath {
        KeyPath(dotted.split('.').map(|key| Step::Key(key.to_owned())).collect())
    }

    pub(crate) fn key(&self, key: &str) -> KeyPath {
        self.with(Step::Key(key.to_owned()))
    }

    pub(crate) fn item(&self, index: usize) -> KeyPath {
        self.with(Step::Item(index))
    }

    fn with(&self, step: Step) -> KeyPath {
        let mut path = self.clone();
        path.0.push(step);
        path
    }

    /// Whether one of the two leads to or through the other.
    pub(crate) fn overlaps(&self, other: &KeyPath) -> bool {
        self.0.iter().zip(&other.0).all(|(one, another)| one == another)
    }

    /// The value at this place of `table`.
    pub(crate) fn lookup<'a>(&self, table: &'a toml::Table) -> Option<&'a toml::Value> {
        let (first, rest) = self.0.split_first()?;
        let Step::Key(first) = first else { return None };
        rest.iter().try_fold(table.get(first)?, |value, step| match step {
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
