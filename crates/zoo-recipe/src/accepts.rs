//! What a key of a recipe accepts, in a form that checks, orders and describes.

use std::fmt;
use std::ops::Bound::{self, Excluded, Included, Unbounded};
use std::ops::RangeBounds;

use Accepts::{Boolean, Choice, Integer, List, Number, Table, Text, Word};

/// What a key accepts.
#[derive(Debug)]
pub(crate) enum Accepts {
    Text,
    Boolean,
    Integer {
        min: i64,
        max: i64,
    },
    Number(Interval),
    Word(&'static [&'static str]),
    List {
        item: &'static Accepts,
        fewest: usize,
        most: usize,
    },
    Table(&'static [Field]),
    /// A table whose key `kind` decides which other keys it has.
    Choice(&'static [(&'static str, &'static [Field])]),
}

/// A key and what it accepts.
pub(crate) type Field = (&'static str, Accepts);

/// Finite numbers between two bounds. An integer is a number too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval {
    low: Bound<f64>,
    high: Bound<f64>,
}

pub(crate) const fn between(low: Bound<f64>, high: Bound<f64>) -> Accepts {
    Number(Interval { low, high })
}

pub(crate) const fn integer(min: i64, max: i64) -> Accepts {
    Integer { min, max }
}

impl Interval {
    pub(crate) fn contains(self, value: f64) -> bool {
        value.is_finite() && (self.low, self.high).contains(&value)
    }
}

impl Accepts {
    /// The keys of a table, in order; of a choice, those of the kind named in it, after `kind` itself.
    pub(crate) fn keys(&self, table: &toml::Table) -> Vec<&'static str> {
        let own = self.fields(table).iter().map(|(name, _)| *name);
        match self {
            Choice(_) => std::iter::once("kind").chain(own).collect(),
            _ => own.collect(),
        }
    }

    /// The fields of a table; of a choice, those of the kind named in it.
    pub(crate) fn fields(&self, table: &toml::Table) -> &'static [Field] {
        match self {
            Table(fields) => fields,
            Choice(kinds) => {
                let kind = table.get("kind").and_then(toml::Value::as_str);
                let known = kinds.iter().find(|(name, _)| Some(*name) == kind);
                known.map_or(&[], |(_, fields)| fields)
            }
            _ => &[],
        }
    }

    /// What `key` of a table with these keys accepts; the key `kind` of a choice is a text like another.
    pub(crate) fn field(&self, table: &toml::Table, key: &str) -> &'static Accepts {
        let mut fields = self.fields(table).iter();
        fields.find(|(name, _)| *name == key).map_or(&Text, |(_, accepts)| accepts)
    }

    /// Every key at or below a table, of every kind, dotted from `prefix`; a key of several kinds comes once.
    pub(crate) fn all_keys(&self, prefix: &str) -> Vec<String> {
        let fields: Vec<&Field> = match self {
            Table(fields) => fields.iter().collect(),
            Choice(kinds) => kinds.iter().flat_map(|(_, fields)| fields.iter()).collect(),
            _ => Vec::new(),
        };
        let mut keys = Vec::new();
        for (name, accepts) in fields {
            let key = format!("{prefix}{name}");
            keys.extend(accepts.all_keys(&format!("{key}.")));
            keys.push(key);
        }
        keys.sort();
        keys.dedup();
        keys
    }

    /// The kinds of a choice.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        match self {
            Choice(kinds) => kinds.iter().map(|(kind, _)| *kind).collect(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Accepts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Text => write!(f, "a text in quotes"),
            Boolean => write!(f, "true or false"),
            Integer { min, max: i64::MAX } => write!(f, "an integer of at least {min}"),
            Integer { min, max } => write!(f, "an integer from {min} to {max}"),
            Number(interval) => write!(f, "{interval}"),
            Word(words) => write!(f, "{}", one_of(words)),
            List { item, fewest, most } => write!(f, "a list of {fewest} to {most} items, each {item}"),
            Table(fields) => {
                let keys: Vec<_> = fields.iter().map(|(key, _)| format!("`{key}`")).collect();
                write!(f, "a table with the keys {}", keys.join(", "))
            }
            Choice(_) => write!(f, "a table with kind = {}", one_of(&self.kinds())),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let low = match self.low {
            Included(low) => Some(format!("of at least {low}")),
            Excluded(low) => Some(format!("above {low}")),
            Unbounded => None,
        };
        let high = match self.high {
            Included(high) => Some(format!("of at most {high}")),
            Excluded(high) => Some(format!("below {high}")),
            Unbounded => None,
        };
        match (low, high) {
            (Some(low), Some(high)) => write!(f, "a number {low} and {high}"),
            (Some(only), None) | (None, Some(only)) => write!(f, "a number {only}"),
            (None, None) => write!(f, "a finite number"),
        }
    }
}

/// `"a", "b" or "c"`.
pub(crate) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("{word:?}")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
