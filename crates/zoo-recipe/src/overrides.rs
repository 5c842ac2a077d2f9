//! `--set KEY=VALUE`: a recipe with some keys set otherwise, checked like a file.

use toml::{Table, Value};

use crate::Recipe;
use crate::error::RecipeError;
use crate::key::KeyPath;
use crate::parse::{Located, recipe_of};

/// The key and the value of `KEY=VALUE`.
///
/// ```
/// let (key, value) = zoo_recipe::parse_override("model.hidden = [64, 32]")?;
/// assert_eq!((key.as_str(), value.as_str()), ("model.hidden", "[64, 32]"));
/// # Ok::<(), zoo_recipe::RecipeError>(())
/// ```
///
/// # Errors
///
/// [`RecipeError::Override`] when there is no `=`, no key or no value.
pub fn parse_override(text: &str) -> Result<(String, String), RecipeError> {
    let halves = text.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
    match halves {
        None => Err(malformed(text, "there is no `=`")),
        Some(("", _)) => Err(malformed(text, "there is no key before `=`")),
        Some((_, "")) => Err(malformed(text, "there is no value after `=`")),
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
    }
}

/// A key that was set, in words and as a place.
struct Change {
    said: String,
    path: KeyPath,
}

impl Recipe {
    /// The recipe with each `(key, value)` set in turn: the key dotted from the top, the value as TOML, or a bare word
    /// for a text. The outcome is checked like a file.
    ///
    /// The name of a choice may be left out: `optimizer.beta1` is `optimizer.adam.beta1` where the optimizer is Adam. To choose
    /// another, set the whole of it: `optimizer=sgd`, `optimizer={adam={beta1=0.9,beta2=0.999,epsilon=1e-8}}`.
    ///
    /// # Errors
    ///
    /// [`RecipeError::Override`] when a value is not TOML or a key leads through something that is no table, and
    /// [`RecipeError::Invalid`] when the outcome is no recipe, naming the override at fault.
    pub fn with_overrides(&self, overrides: &[(String, String)]) -> Result<Recipe, RecipeError> {
        self.check()?;
        let mut table = self.to_table().expect("a checked recipe can be written");
        let mut changes = Vec::new();
        for (key, value) in overrides {
            // The override as it was given, in one line.
            let said = format!("{key}={value}").replace('\n', "\\n");
            let fault = |reason| malformed(&said, reason);
            let path = set(&mut table, key, parse_value(value).map_err(fault)?).map_err(fault)?;
            changes.push(Change { path: KeyPath::from_dotted(&path), said: format!("--set {said}") });
        }
        recipe_of(&table.to_string()).map_err(|located| blame(located, &changes))
    }
}

/// The error of the last override that touches the faulty key, or else of all: a rule between two keys may name the
/// one that was not set.
fn blame(located: Located, changes: &[Change]) -> RecipeError {
    match changes.iter().rev().find(|change| change.path.overlaps(&located.path)) {
        Some(change) => located.in_words(&change.said),
        None => {
            let all: Vec<&str> = changes.iter().map(|change| change.said.as_str()).collect();
            located.in_words(all.join(" "))
        }
    }
}

/// A bare word needs no quotes; all else is TOML.
fn parse_value(text: &str) -> Result<Value, String> {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    match text.parse::<Value>() {
        Ok(value) => Ok(value),
        Err(_) if text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(bare) => {
            Ok(Value::String(text.to_owned()))
        }
        Err(error) => Err(format!("the value is not TOML, {}", error.message().replace('\n', ", "))),
    }
}

/// Sets `key` and gives it whole, with the names of choices that it left out.
fn set(table: &mut Table, key: &str, value: Value) -> Result<String, String> {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    if !table.contains_key(first)
        && table.len() == 1
        && let Some((choice, Value::Table(inner))) = table.iter_mut().next()
    {
        return Ok(format!("{choice}.{}", set(inner, key, value)?));
    }
    let Some(rest) = rest else {
        table.insert(key.to_owned(), value);
        return Ok(key.to_owned());
    };
    match table.entry(first).or_insert_with(|| Value::Table(Table::new())) {
        Value::Table(inner) => Ok(format!("{first}.{}", set(inner, rest, value)?)),
        other => Err(format!("`{first}` is {other} and has no keys of its own, so `{rest}` cannot be set in it")),
    }
}

fn malformed(text: &str, reason: impl Into<String>) -> RecipeError {
    RecipeError::Override { text: text.to_owned(), reason: reason.into() }
}
