//! The schema held against a TOML table.

use toml::{Table, Value};

use crate::accepts::{Accepts, one_of};
use crate::error::{Fault, Located};
use crate::key::KeyPath;
use crate::schema::RECIPE;
use zoo_core::nearest;

/// The first place where `table` is not what the schema says.
pub(crate) fn check_table(table: &Table) -> Result<(), Located> {
    check_fields(&RECIPE, table, &KeyPath::default())
}

/// Unknown keys are named before missing ones: a typo makes both, and the typo is the cause.
fn check_fields(accepts: &Accepts, table: &Table, path: &KeyPath) -> Result<(), Located> {
    let known = accepts.keys(table);
    if let Some(key) = table.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(unknown(key, &known, path));
    }
    for (key, accepts) in accepts.fields(table) {
        let path = path.key(key);
        match table.get(*key) {
            Some(value) => check_value(accepts, value, &path)?,
            None => return Err(missing(path, accepts.to_string())),
        }
    }
    Ok(())
}

fn check_value(accepts: &Accepts, value: &Value, path: &KeyPath) -> Result<(), Located> {
    match (accepts, value) {
        (Accepts::Choice(_), Value::Table(table)) => {
            check_kind(&accepts.kinds(), table, path)?;
            check_fields(accepts, table, path)
        }
        (Accepts::Table(_), Value::Table(table)) => check_fields(accepts, table, path),
        (Accepts::List { item, fewest, most }, Value::Array(items)) if (*fewest..=*most).contains(&items.len()) => {
            let mut numbered = items.iter().enumerate();
            numbered.try_for_each(|(index, value)| check_value(item, value, &path.item(index)))
        }
        (Accepts::Word(words), _) => check_word(words, value, path),
        _ if fits(accepts, value) => Ok(()),
        _ => Err(refused(path.clone(), in_one_line(value), accepts.to_string(), Vec::new())),
    }
}

fn check_kind(kinds: &[&str], table: &Table, path: &KeyPath) -> Result<(), Located> {
    let path = path.key("kind");
    match table.get("kind") {
        Some(kind) => check_word(kinds, kind, &path),
        None => Err(missing(path, one_of(kinds))),
    }
}

fn check_word(words: &[&str], value: &Value, path: &KeyPath) -> Result<(), Located> {
    let found = value.as_str().unwrap_or_default();
    if words.contains(&found) {
        return Ok(());
    }
    let nearest = nearest(found, words.iter().copied());
    Err(refused(path.clone(), in_one_line(value), one_of(words), owned(&nearest)))
}

fn fits(accepts: &Accepts, value: &Value) -> bool {
    match (accepts, value) {
        (Accepts::Text, Value::String(_)) | (Accepts::Boolean, Value::Boolean(_)) => true,
        (Accepts::Integer { min, max }, Value::Integer(found)) => (min..=max).contains(&found),
        (Accepts::Number(interval), Value::Float(found)) => interval.contains(*found),
        (Accepts::Number(interval), Value::Integer(found)) => interval.contains(*found as f64),
        _ => false,
    }
}

fn unknown(key: &str, known: &[&str], path: &KeyPath) -> Located {
    let path = path.key(key);
    let mut nearest = owned(&nearest(key, known.iter().copied()));
    if nearest.is_empty() {
        nearest = elsewhere(key);
    }
    let fault = Fault::UnknownKey { key: path.to_string(), nearest, accepted: owned(known) };
    Located::new(path, fault)
}

/// The whole keys that end in `key`: `schedule.learning_rate` for `learning_rate`.
fn elsewhere(key: &str) -> Vec<String> {
    let mut keys = RECIPE.all_keys("");
    keys.retain(|whole| whole.rsplit('.').next() == Some(key));
    keys
}

fn missing(path: KeyPath, accepted: String) -> Located {
    let fault = Fault::MissingKey { key: path.to_string(), accepted };
    Located::new(path, fault)
}

/// The value `found` at `path` is not what is `accepted` there.
pub(crate) fn refused(path: KeyPath, found: String, accepted: String, nearest: Vec<String>) -> Located {
    let fault = Fault::Refused { key: path.to_string(), found, accepted, nearest };
    Located::new(path, fault)
}

/// A value as TOML, cut where a sentence would be lost in it.
pub(crate) fn in_one_line(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = match value {
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}
