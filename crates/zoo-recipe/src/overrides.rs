//! `--set KEY=VALUE`: a recipe with some keys set otherwise, checked like a file.

use toml::{Table, Value};

use crate::Recipe;
use crate::error::{Located, Place, RecipeError};
use crate::key::KeyPath;
use crate::parse::recipe_of;
use crate::schema::RECIPE;

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
    let parts = text.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
    match parts {
        None => Err(malformed(text, "there is no `=`")),
        Some(("", _)) => Err(malformed(text, "there is no key before `=`")),
        Some((_, "")) => Err(malformed(text, "there is no value after `=`")),
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
    }
}

impl Recipe {
    /// The recipe with each `(key, value)` set in turn: the key dotted from the top, the value as TOML, or a bare word
    /// for a text. The outcome is checked like a file.
    ///
    /// Setting a table's `kind` alone keeps the table's other keys, so it fits only between kinds with the same keys,
    /// such as `adam` and `adamw`; to change to another, set the whole table: `optimizer={kind="sgd"}`.
    ///
    /// # Errors
    ///
    /// [`RecipeError::Override`] when a value is not TOML or a key leads through something that is no table, and
    /// [`RecipeError::Invalid`] or [`RecipeError::Kind`] when the outcome is no recipe, naming the override at fault.
    pub fn with_overrides(&self, overrides: &[(String, String)]) -> Result<Recipe, RecipeError> {
        self.check()?;
        let mut table = self.to_table();
        for (key, value) in overrides {
            let parsed = parse_value(value).map_err(|reason| malformed(&pair(key, value), reason))?;
            set(&mut table, key, parsed).map_err(|reason| malformed(&pair(key, value), reason))?;
        }
        recipe_of(table.clone()).map_err(|located| Self::blame(located, overrides, &table))
    }

    /// The error of the last override that touches the faulty key, or else of all: a rule between two keys may name the
    /// one that was not set.
    fn blame(located: Located, overrides: &[(String, String)], table: &Table) -> RecipeError {
        let touches = |(key, _): &&(String, String)| KeyPath::from_dotted(key).overlaps(&located.path);
        if let Some((key, value)) = overrides.iter().rev().find(touches) {
            return located.in_words(format!("--set {}", pair(key, value)));
        }
        match kind_set_beside(&located.path, overrides) {
            Some((key, value)) => kind_error(located, key, value, table),
            None => {
                let all = overrides.iter().map(|(key, value)| format!("--set {}", pair(key, value)));
                located.in_words(all.collect::<Vec<_>>().join(" "))
            }
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

fn set(table: &mut Table, key: &str, value: Value) -> Result<(), String> {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
            Ok(())
        }
        Some((first, rest)) => match table.entry(first).or_insert_with(|| Value::Table(Table::new())) {
            Value::Table(inner) => set(inner, rest, value),
            _ => Err(format!("`{first}` has no keys of its own, so `{rest}` cannot be set in it")),
        },
    }
}

/// The override of the `kind` of the table in which `path` lies.
fn kind_set_beside<'a>(path: &KeyPath, overrides: &'a [(String, String)]) -> Option<&'a (String, String)> {
    overrides.iter().rev().find(|(key, _)| {
        let parent = key.strip_suffix(".kind").map(KeyPath::from_dotted);
        parent.is_some_and(|parent| parent.overlaps(path))
    })
}

fn kind_error(located: Located, key: &str, value: &str, table: &Table) -> RecipeError {
    let parent = key.strip_suffix(".kind").unwrap_or(key);
    RecipeError::Kind {
        place: Place { file: format!("--set {}", pair(key, value)), line: None },
        fault: located.fault,
        example: format!("{parent}={}", whole_table(parent, table)),
    }
}

/// The table at `path` as its kind wants it: the values that stand there already, and `...` for those to be chosen.
fn whole_table(path: &str, recipe: &Table) -> String {
    let (mut accepts, mut table) = (&RECIPE, recipe);
    for key in path.split('.') {
        accepts = accepts.field(table, key);
        match table.get(key) {
            Some(Value::Table(inner)) => table = inner,
            _ => break,
        }
    }
    let value = |key: &str| table.get(key).map_or("...".to_owned(), Value::to_string);
    let pairs = accepts.keys(table).into_iter().map(|key| format!("{key}={}", value(key)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

/// The override as it was given, in one line.
fn pair(key: &str, value: &str) -> String {
    format!("{key}={value}").replace('\n', "\\n")
}

fn malformed(text: &str, reason: impl Into<String>) -> RecipeError {
    RecipeError::Override { text: text.to_owned(), reason: reason.into() }
}
