//! From text to a checked recipe.

use std::ops::Range;

use toml::{Table, Value};
use zoo_core::explain::{Accepts, Explain};

use crate::error::{Place, RecipeError};
use crate::key::{KeyPath, line_of};
use crate::written::{did_you_mean, in_backquotes, in_one_line, leaves, one_of, suggested};
use crate::{Recipe, rules};

/// A fault with its place in the recipe, before it is known where the recipe came from.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) path: KeyPath,
    pub(crate) fault: String,
    /// Where in the text it was read; found by the path if it is not known.
    line: Option<usize>,
}

impl Located {
    /// As an error of the file `file`, whose text gives the line.
    fn in_file(self, file: &str, text: &str) -> RecipeError {
        let line = self.line.or_else(|| self.path.line(text));
        self.at(Place { file: file.to_owned(), line })
    }

    /// As an error of something without lines.
    pub(crate) fn in_words(self, file: impl Into<String>) -> RecipeError {
        self.at(Place { file: file.into(), line: None })
    }

    fn at(self, place: Place) -> RecipeError {
        RecipeError::Invalid { place, key: self.path.to_string(), fault: self.fault }
    }
}

impl Recipe {
    /// The recipe that `text` states, checked. `file` is the text's file, for messages.
    ///
    /// # Errors
    ///
    /// [`RecipeError::Syntax`] when the text is not TOML, and [`RecipeError::Invalid`] at the first key that is
    /// unknown, missing, of the wrong type, out of range, or at odds with another key.
    pub fn parse(text: &str, file: &str) -> Result<Recipe, RecipeError> {
        if let Err(error) = toml::de::DeTable::parse(text) {
            return Err(syntax(&error, file, text));
        }
        recipe_of(text).map_err(|located| located.in_file(file, text))
    }

    /// Checks ranges and cross-field rules, as [`Recipe::parse`] does: for a recipe made or changed in code.
    ///
    /// # Errors
    ///
    /// [`RecipeError::Invalid`], with the recipe's name in place of a file's.
    pub fn check(&self) -> Result<(), RecipeError> {
        recipe_of(&self.written()?.to_string()).map(drop).map_err(|located| located.in_words(self.place()))
    }

    /// As a table of TOML, checked or not.
    pub(crate) fn written(&self) -> Result<Table, RecipeError> {
        self.to_table().map_err(|error| {
            let fault = format!("it cannot be written as TOML: {error}");
            Located { path: KeyPath::default(), fault, line: None }.in_words(self.place())
        })
    }

    /// What messages about a recipe without a file call it.
    pub(crate) fn place(&self) -> String {
        format!("recipe {}", self.name)
    }
}

/// The recipe that TOML states, checked by its types first and then by the rules between keys.
pub(crate) fn recipe_of(text: &str) -> Result<Recipe, Located> {
    let recipe: Recipe = toml::from_str(text).map_err(|error| explained(&error, text))?;
    match rules::broken(&recipe) {
        None => Ok(recipe),
        Some(rule) => {
            let found = recipe.to_table().ok().and_then(|table| rule.path.lookup(&table).map(in_one_line));
            let found = found.unwrap_or_else(|| "absent".to_owned());
            Err(refused(rule.path, &found, &rule.accepted))
        }
    }
}

fn refused(path: KeyPath, found: &str, accepted: &str) -> Located {
    let fault = format!("`{path}` is {found}, expected {accepted}");
    Located { path, fault, line: None }
}

/// What the TOML reader and serde say, in the words of this crate: with the whole key and what stands there in the text.
fn explained(error: &toml::de::Error, text: &str) -> Located {
    let (span, message) = (error.span().unwrap_or_default(), error.message());
    let path = KeyPath::at(text, &span);
    let line = (!span.is_empty()).then(|| line_of(text, span.start));
    let table: Table = text.parse().unwrap_or_default();
    let value = path.lookup(&table);
    // A number that no TOML value holds stands in the text alone.
    let written = || text.get(span.clone()).unwrap_or_default().lines().next().unwrap_or_default().to_owned();
    let found = value.map_or_else(written, in_one_line);
    let names = names_in(message);
    let (path, fault) = match (names.split_first(), message.split_once(", expected ")) {
        (Some((unknown, known)), _) if is_unknown_key(message) => {
            let path = if path.ends_in(unknown) { path } else { path.key(unknown) };
            let hint = elsewhere(&table, unknown, &path).unwrap_or_else(|| did_you_mean(unknown, known));
            let fault = format!("unknown key `{path}`{hint}, accepted here: {}", in_backquotes(known));
            (path, fault)
        }
        (Some((missing, [])), _) if message.starts_with("missing field") => {
            let path = path.key(missing);
            let fault = format!("the key `{path}` is missing; there are no defaults");
            (path, fault)
        }
        (Some((unknown, known)), _) if message.starts_with("unknown variant") => {
            // The name of a choice with keys of its own is a key too.
            let is_key = text.get(span.clone()) == Some(*unknown);
            let path = if is_key { path.parent() } else { path };
            let fault = format!("`{path}` is {unknown:?}, expected {}{}", one_of(known), did_you_mean(unknown, known));
            (path, fault)
        }
        (_, Some((_, "struct variant" | "newtype variant"))) => {
            let choice = value.and_then(Value::as_str).unwrap_or_default();
            let keys = accepted_instead(text, &span, &format!("{{ {choice} = {{ \"?\" = 0 }} }}"));
            let fault = format!("`{path}` is {found}, expected {{ {choice} = {{ {} = ... }} }}", keys.join(" = ..., "));
            (path, fault)
        }
        _ if message == "wanted string or table" => {
            let choices = accepted_instead(text, &span, "\"?\"");
            let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
            let fault = format!("`{path}` is {found}, expected {}", one_of(&choices));
            (path, fault)
        }
        _ if message.starts_with("wanted exactly 1 element") => {
            let fault = not_one_choice(&path, value, &found);
            (path, fault)
        }
        _ if message == "expected empty table" => {
            let fault = format!("`{path}` is {found}, expected no keys");
            (path, fault)
        }
        (_, Some((_, "a sequence"))) => {
            let fault = format!("`{path}` is {found}, expected a list in brackets, such as [{found}]");
            (path, fault)
        }
        (_, Some((_, accepted))) => {
            let fault = format!("`{path}` is {found}, expected {}", in_words(accepted));
            (path, fault)
        }
        _ => {
            let fault = format!("`{path}` is {found}: {}", too_large(text, &span).unwrap_or(message));
            (path, fault)
        }
    };
    Located { path, fault: fault.replace('\n', " "), line }
}

/// The fault of a table that names no choice, or several, perhaps as what stands below a wrong name is still that of the right one.
fn not_one_choice(path: &KeyPath, value: Option<&Value>, found: &str) -> String {
    let choices = choices_at(path);
    let known: Vec<&str> = choices.iter().map(String::as_str).collect();
    let named: Vec<&str> =
        value.and_then(Value::as_table).into_iter().flat_map(Table::keys).map(String::as_str).collect();
    let unknown = named.iter().find(|name| !known.contains(name));
    match (known.as_slice(), named.as_slice()) {
        ([], _) => format!("`{path}` is {found}, expected one choice"),
        (known, []) => format!("`{path}` is {found}, expected {}", one_of(known)),
        (known, named) => {
            let hint = unknown.map(|name| format!("; there is no {name:?}{}", did_you_mean(name, known)));
            let (named, hint) = (in_backquotes(named), hint.unwrap_or_default());
            format!("`{path}` has {named}, expected one alone of {}{hint}", one_of(known))
        }
    }
}

/// The names of the choices at a place; none where there is no choice.
fn choices_at(path: &KeyPath) -> Vec<String> {
    let dotted = path.to_string();
    let step = |accepts: Accepts, key: &str| {
        let (name, _) = key.split_once('[').unwrap_or((key, ""));
        accepts.key(name).map(|key| key.accepts.clone())
    };
    match dotted.split('.').try_fold(Recipe::accepts(), step) {
        Some(Accepts::Choice(choices)) => choices.into_iter().map(|choice| choice.name).collect(),
        _ => Vec::new(),
    }
}

/// serde's words for a key of a struct, and the TOML reader's for a key of a variant.
fn is_unknown_key(message: &str) -> bool {
    message.starts_with("unknown field") || message.starts_with(UNEXPECTED_KEYS)
}

const UNEXPECTED_KEYS: &str = "unexpected keys in table: ";

/// The names in a message: the one found, then those known.
fn names_in(message: &str) -> Vec<&str> {
    match message.strip_prefix(UNEXPECTED_KEYS).and_then(|names| names.split_once(", available keys: ")) {
        Some((found, known)) => found.split(", ").take(1).chain(known.split(", ")).collect(),
        None => message.split('`').skip(1).step_by(2).collect(),
    }
}

/// The names that the reader lists when it finds `other` in place of the value at `span`.
fn accepted_instead(text: &str, span: &Range<usize>, other: &str) -> Vec<String> {
    let mut text = text.to_owned();
    text.replace_range(span.clone(), other);
    let message = toml::from_str::<Recipe>(&text).err().map(|error| error.message().to_owned()).unwrap_or_default();
    names_in(&message).into_iter().skip(1).map(str::to_owned).collect()
}

/// What serde expects of a type, for people.
fn in_words(expected: &str) -> &str {
    match expected {
        "a string" => "a text in quotes",
        "a boolean" => "true or false",
        _ if expected.starts_with("struct ") => "a table",
        other => other,
    }
}

/// A hint at the whole keys that end in the one at `path`, which is not known there.
fn elsewhere(table: &Table, key: &str, path: &KeyPath) -> Option<String> {
    let path = path.to_string();
    let ends = format!(".{key}");
    let leaves = leaves(table);
    let others: Vec<&str> = leaves
        .iter()
        .map(|(other, _)| other.as_str())
        .filter(|other| other.ends_with(&ends) && *other != path)
        .collect();
    (!others.is_empty()).then(|| suggested(&others))
}

/// What is wrong with what stands at `span`, if it is a number that no TOML value holds.
pub(crate) fn too_large(text: &str, span: &Range<usize>) -> Option<&'static str> {
    let number = text.get(span.clone())?.replace('_', "");
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(&number);
    let (digits, radix) = match unsigned.split_at_checked(2) {
        Some(("0x", digits)) => (digits, 16),
        Some(("0o", digits)) => (digits, 8),
        Some(("0b", digits)) => (digits, 2),
        _ => (unsigned, 10),
    };
    let is_too_large = match digits.chars().all(|digit| digit.is_digit(radix)) {
        true => !digits.is_empty() && i64::from_str_radix(digits, radix).is_err(),
        false => {
            // `inf` is as large as it says.
            let has_digits = digits.starts_with(|first: char| first.is_ascii_digit());
            has_digits && digits.parse::<f64>().is_ok_and(f64::is_infinite)
        }
    };
    is_too_large.then_some("the number is too large: whole ones go up to 9223372036854775807, others up to 1.8e308")
}

fn syntax(error: &toml::de::Error, file: &str, text: &str) -> RecipeError {
    let line = error.span().map(|span| line_of(text, span.start));
    RecipeError::Syntax { place: Place { file: file.to_owned(), line }, reason: error.message().replace('\n', ", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_no_value_holds_are_too_large() {
        let is_too_large = |text: &str| too_large(text, &(0..text.len())).is_some();
        for number in ["9_223_372_036_854_775_808", "-99999999999999999999", "0x1_0000_0000_0000_0000", "-1e999"] {
            assert!(is_too_large(number), "{number}");
        }
        for other in ["9223372036854775807", "0xff", "1e308", "inf", "1979-05-27", "word", "\"1e999\"", "++5", ""] {
            assert!(!is_too_large(other), "{other}");
        }
    }
}
