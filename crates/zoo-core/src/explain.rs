//! What may stand at a place of a file, said by the types that read it.
//!
//! `#[derive(Explain)]` takes names, choices and doc comments from a type's definition, and the words for a range from the function that
//! checks it: what is explained cannot differ from what is read.
//!
//! ```
//! use serde::Deserialize;
//! use zoo_core::{Explain, explain::Accepts, range};
//!
//! /// How a velocity is kept.
//! #[derive(Deserialize, Explain)]
//! struct Momentum {
//!     /// The momentum coefficient.
//!     #[serde(deserialize_with = "range::below_one")]
//!     #[explain(usual = 0.9)]
//!     momentum: f64,
//! }
//!
//! let accepts = Momentum::accepts();
//! let key = &accepts.keys()[0];
//! assert_eq!((key.name.as_str(), key.usual.as_deref()), ("momentum", Some("0.9")));
//! assert_eq!(key.meaning, "The momentum coefficient.");
//! assert_eq!(key.accepts, Accepts::Value("a number of at least 0 and below 1".into()));
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::value::SeqDeserializer;
use serde::de::{Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor};
pub use zoo_explain::Explain;

/// A type that says what it accepts; made by `#[derive(Explain)]`.
pub trait Explain {
    /// What may stand where this is read.
    fn accepts() -> Accepts;
}

/// What may stand in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Accepts {
    /// One value, in words: `a number above 0`.
    Value(String),
    /// A list.
    List {
        /// The list in words, with its length where that is bounded: `a list of 1 to 64 items`.
        words: String,
        /// What each item may be.
        items: Box<Accepts>,
    },
    /// A table of these keys.
    Table(Vec<Key>),
    /// One of these: the name alone where it has no keys, else a table of that name.
    Choice(Vec<Key>),
}

/// A key of a table, or one of several choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// As it is written.
    pub name: String,
    /// What it decides.
    pub meaning: String,
    /// What may stand there; of a choice, a table of its own keys.
    pub accepts: Accepts,
    /// What stands there where nobody chose, as TOML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual: Option<String>,
    /// Whether it may be left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl Accepts {
    /// The keys of a table, the choices of a choice, those of a list's items; none of a value.
    pub fn keys(&self) -> &[Key] {
        match self {
            Accepts::Value(_) => &[],
            Accepts::List { items, .. } => items.keys(),
            Accepts::Table(keys) | Accepts::Choice(keys) => keys,
        }
    }

    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys().iter().find(|key| key.name == name)
    }

    /// The same in the words of the function that checks it: what it said of no value, of a list without items, and of a list of one
    /// that is no value.
    #[must_use]
    pub fn checked_by(
        self,
        value: Result<(), Refusal>,
        empty: Result<(), Refusal>,
        item: Result<(), Refusal>,
    ) -> Accepts {
        let words = |said: Result<(), Refusal>| said.err().and_then(|Refusal(expected)| expected);
        match self {
            Accepts::Value(known) => Accepts::Value(words(value).unwrap_or(known)),
            Accepts::List { words: known, items } => {
                let items = match *items {
                    Accepts::Value(known) => Accepts::Value(words(item).unwrap_or(known)),
                    others => others,
                };
                Accepts::List { words: words(empty).unwrap_or(known), items: Box::new(items) }
            }
            others => others,
        }
    }
}

impl Key {
    /// `docs` are the lines of a doc comment.
    pub fn new(name: &str, docs: &[&str], accepts: Accepts) -> Key {
        let meaning = docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").trim().to_owned();
        Key { name: name.to_owned(), meaning, accepts, usual: None, optional: false }
    }

    /// With what stands there where nobody chose.
    #[must_use]
    pub fn usually(self, usual: &str) -> Key {
        Key { usual: Some(usual.to_owned()), ..self }
    }

    /// As one that may be left out.
    #[must_use]
    pub fn optional(self) -> Key {
        Key { optional: true, ..self }
    }
}

/// serde's words for a type, as people say them.
fn in_words(expected: &dyn Expected) -> Refusal {
    let words = expected.to_string();
    Refusal(Some(match words.as_str() {
        "a string" => "a text".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        _ => words,
    }))
}

/// What a type said that it expected.
#[derive(Debug)]
pub struct Refusal(Option<String>);

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_deref().unwrap_or("refused"))
    }
}

impl std::error::Error for Refusal {}

impl Error for Refusal {
    fn custom<T: fmt::Display>(_: T) -> Refusal {
        Refusal(None)
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Refusal {
        in_words(expected)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Refusal {
        in_words(expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Refusal {
        in_words(expected)
    }
}

/// The keys of several groups.
pub fn all_of(groups: Vec<Vec<Key>>) -> Vec<Key> {
    groups.concat()
}

/// Nothing that a key could hold; a newtype of a value is read as the value.
#[derive(Clone, Copy, Debug)]
pub struct NoValue;

impl<'de> Deserializer<'de> for NoValue {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

impl IntoDeserializer<'_, Refusal> for NoValue {
    type Deserializer = NoValue;

    fn into_deserializer(self) -> NoValue {
        self
    }
}

/// A list without items.
pub fn list_without_items() -> SeqDeserializer<std::iter::Empty<NoValue>, Refusal> {
    SeqDeserializer::new(std::iter::empty())
}

/// A list of one item that no list could hold.
pub fn list_of_no_value() -> SeqDeserializer<std::iter::Once<NoValue>, Refusal> {
    SeqDeserializer::new(std::iter::once(NoValue))
}

macro_rules! values {
    ($($words:literal: $($kind:ty),+;)+) => {
        $($(impl Explain for $kind {
            fn accepts() -> Accepts {
                Accepts::Value($words.to_owned())
            }
        })+)+
    };
}

values! {
    "a text": String, str, PathBuf, Path;
    "true or false": bool;
    "a number": f32, f64;
    "an integer": u8, u16, u32, u64, usize;
}

impl<T: Explain + ?Sized> Explain for &T {
    fn accepts() -> Accepts {
        T::accepts()
    }
}

impl<T: Explain> Explain for Option<T> {
    fn accepts() -> Accepts {
        T::accepts()
    }
}

impl<T: Explain> Explain for Box<T> {
    fn accepts() -> Accepts {
        T::accepts()
    }
}

impl<T: Explain> Explain for Vec<T> {
    fn accepts() -> Accepts {
        Accepts::List { words: "a list".to_owned(), items: Box::new(T::accepts()) }
    }
}

impl<T: Explain> Explain for [T] {
    fn accepts() -> Accepts {
        Vec::<T>::accepts()
    }
}

impl<T: Explain> Explain for BTreeMap<String, T> {
    fn accepts() -> Accepts {
        let words = "a table whose keys are yours".to_owned();
        Accepts::List { words, items: Box::new(T::accepts()) }
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer};

    use super::*;
    use crate::range;

    #[derive(Deserialize, Explain)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its definition is of interest")]
    enum Step {
        /// Nothing more.
        Plain,
        /// In parts,
        /// of that many.
        InParts {
            #[serde(deserialize_with = "range::count::<8, _>")]
            #[explain(usual = 2)]
            parts: usize,
        },
        Named(Names),
    }

    #[derive(Deserialize, Explain)]
    #[expect(dead_code, reason = "only its definition is of interest")]
    struct Names {
        #[serde(deserialize_with = "some")]
        names: Vec<u64>,
        #[serde(default, rename = "last")]
        end: Option<bool>,
        #[serde(flatten)]
        rest: Rest,
    }

    #[derive(Deserialize, Explain)]
    #[expect(dead_code, reason = "only its definition is of interest")]
    struct Rest {
        text: String,
    }

    fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
        range::length(Vec::deserialize(deserializer)?, 1..=3)
    }

    #[test]
    fn names_meanings_ranges_and_lengths_are_those_of_the_definition() {
        let accepts = Step::accepts();
        let names: Vec<&str> = accepts.keys().iter().map(|key| key.name.as_str()).collect();
        assert_eq!(names, ["plain", "in_parts", "named"]);
        assert_eq!(accepts.keys()[1].meaning, "In parts, of that many.");
        let parts = &accepts.keys()[1].accepts.keys()[0];
        assert_eq!(parts.accepts, Accepts::Value("an integer from 1 to 8".to_owned()));
        assert_eq!(parts.usual.as_deref(), Some("2"));
        let named = accepts.keys()[2].accepts.keys();
        let words = "a list of 1 to 3 items".to_owned();
        assert_eq!(named[0].accepts, Accepts::List { words, items: Box::new(Accepts::Value("u64".to_owned())) });
        assert_eq!((named[1].name.as_str(), named[1].optional), ("last", true));
        assert_eq!(named[2].name, "text");
    }
}
