//! `--set KEY=VALUE`: a recipe with some keys set otherwise, checked like a file.

use std::sync::LazyLock;

use toml::{Table, Value};

use zoo_core::explain::{Accepts, Explain, Key};

use crate::Recipe;
use crate::error::RecipeError;
use crate::key::KeyPath;
use crate::parse::{Located, recipe_of, too_large};
use crate::written::one_of;

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

/// The key of `KEY=VALUE,VALUE` and its alternatives: commas outside brackets and quotes separate them.
///
/// ```
/// let of = |text| zoo_recipe::parse_alternatives(text).map(|(_, values)| values);
/// assert_eq!(of("optimizer=sgd,{adam={beta1=0.9,beta2=0.999,epsilon=1e-8}}")?.len(), 2);
/// assert_eq!(of("model.hidden=[64,32],[64]")?, ["[64,32]", "[64]"]);
/// # Ok::<(), zoo_recipe::RecipeError>(())
/// ```
///
/// # Errors
///
/// [`RecipeError::Override`] as [`parse_override`], and when an alternative is empty or stands there twice.
pub fn parse_alternatives(text: &str) -> Result<(String, Vec<String>), RecipeError> {
    let (key, value) = parse_override(text)?;
    let mut alternatives: Vec<String> = Vec::new();
    for alternative in split_at_commas(&value) {
        let alternative = alternative.trim();
        if alternative.is_empty() {
            return Err(malformed(text, "commas separate alternatives, and one of them is empty"));
        }
        if alternatives.iter().any(|other| other == alternative) {
            return Err(malformed(
                text,
                format!("the alternative {alternative} stands there twice; one list has brackets around it"),
            ));
        }
        alternatives.push(alternative.to_owned());
    }
    Ok((key, alternatives))
}

/// The parts between commas that are in no brackets and no quotes.
fn split_at_commas(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut escaped) = (0_i32, None, false);
    let is_separator = |letter: char| {
        match (quote, letter) {
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                return false;
            }
            (Some(open), close) if open == close && !escaped => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            _ => {}
        }
        escaped = false;
        letter == ',' && depth == 0 && quote.is_none()
    };
    text.split(is_separator).collect()
}

/// A key that was set, in words and as a place.
struct Change {
    said: String,
    path: KeyPath,
}

/// An override as it is read: the parts of its key, and its value.
struct Override<'a> {
    keys: Vec<&'a str>,
    value: Value,
}

impl<'a> Override<'a> {
    fn read(key: &'a str, value: &str) -> Result<Self, String> {
        Ok(Self { keys: key.split('.').collect(), value: parse_value(value)? })
    }

    /// Sets its key in the recipe, and gives the way there whole.
    fn apply(&self, recipe: &mut Value, accepts: &Accepts) -> Result<Vec<String>, String> {
        set(recipe, Some(accepts), Setting { at: "", keys: &self.keys, value: self.value.clone() })
    }

    /// Whether the recipe no longer has what this has set, or `path`, which another one has set, is the same key.
    fn is_overwritten(&self, recipe: &Value, accepts: &Accepts, path: &[String]) -> bool {
        let Ok(own) = self.apply(&mut recipe.clone(), accepts) else {
            return true;
        };
        let found = own.iter().try_fold(recipe, |value, key| match value {
            // A choice without keys is a text.
            Value::String(name) if name == key => Some(value),
            _ => value.get(key.as_str()),
        });
        own == path || found.is_none_or(|found| !has(found, &self.value))
    }
}

/// Whether a value of a recipe is the one that was given; of a choice or a table, only a part may have been.
fn has(found: &Value, given: &Value) -> bool {
    match (found, given) {
        (Value::Table(found), Value::String(name)) => found.len() == 1 && found.contains_key(name),
        // A choice without keys, given as `{}` or `{sgd={}}`.
        (Value::String(name), Value::Table(given)) => given.keys().all(|given| given == name),
        (Value::Table(found), Value::Table(given)) => {
            given.iter().all(|(key, given)| found.get(key).is_some_and(|found| has(found, given)))
        }
        // As text, where NaN is NaN: it is refused as such.
        _ => found.to_string() == given.to_string(),
    }
}

impl Recipe {
    /// The recipe with each `(key, value)` set in turn: the key dotted from the top, the value as TOML, or a bare word
    /// for a text. The outcome is checked like a file; the recipe itself
    /// need not hold together yet.
    ///
    /// The name of a choice may be left out: `optimizer.beta1` is `optimizer.adam.beta1` where the optimizer is Adam. Another choice
    /// takes its usual values for what is not said: `optimizer=adam`, `optimizer.kind=adam`, `optimizer.adam.beta1=0.8`,
    /// `optimizer={adam={beta1=0.8}}`.
    ///
    /// # Errors
    ///
    /// [`RecipeError::Override`] when a value is not TOML or a key leads through something that is no table, and
    /// [`RecipeError::Invalid`] when the outcome is no recipe, naming the override at fault.
    pub fn with_overrides(&self, overrides: &[(String, String)]) -> Result<Recipe, RecipeError> {
        let said: Vec<String> = overrides.iter().map(|(key, value)| format!("--set {key}={value}")).collect();
        self.with_overrides_said(said.iter().map(String::as_str).zip(overrides))
    }

    /// [`Recipe::with_overrides`], each with what was said to make it, such as `--epochs`: an error names it so.
    ///
    /// # Errors
    ///
    /// As [`Recipe::with_overrides`].
    ///
    /// ```
    /// use zoo_recipe::{Recipe, RecipeError};
    ///
    /// let recipe = Recipe::parse(include_str!("../../../models/softmax/recipes/softmax_digits.toml"), "softmax_digits.toml")?;
    /// let none = ("training.epochs".to_string(), "0".to_string());
    /// let error = recipe.with_overrides_said([("--epochs", &none)]).unwrap_err();
    /// assert!(error.to_string().starts_with("--epochs: `training.epochs` is 0, "));
    /// # Ok::<(), RecipeError>(())
    /// ```
    pub fn with_overrides_said<'a>(
        &self,
        overrides: impl IntoIterator<Item = (&'a str, &'a (String, String))>,
    ) -> Result<Recipe, RecipeError> {
        let mut table = Value::Table(self.written()?);
        let accepts = accepted();
        let mut changes = Vec::new();
        for (said, (key, value)) in overrides {
            let fault = |reason: String| malformed(&in_one_line(&format!("{key}={value}")), reason);
            let path = Override::read(key, value).and_then(|one| one.apply(&mut table, accepts)).map_err(fault)?;
            changes.push(Change { path: KeyPath::from_dotted(&path.join(".")), said: in_one_line(said) });
        }
        let text = table.as_table().map(ToString::to_string).unwrap_or_default();
        recipe_of(&text).map_err(|located| match changes.is_empty() {
            true => located.in_words(self.place()),
            false => blame(located, &changes),
        })
    }

    /// The places of the first two overrides that do not both count, the earlier one first: the later one sets the same key, or a
    /// choice or table around it without keeping what the earlier one has set. [`Recipe::with_overrides`] lets the later one count.
    ///
    /// Overrides that cannot be set are no conflict; `with_overrides` refuses them.
    ///
    /// ```
    /// use zoo_recipe::{Recipe, RecipeError, parse_override};
    ///
    /// let recipe = Recipe::parse(include_str!("../../../models/softmax/recipes/softmax_digits.toml"), "softmax_digits.toml")?;
    /// let conflict = |one, other| {
    ///     let overrides = [parse_override(one)?, parse_override(other)?];
    ///     Ok::<_, RecipeError>(recipe.conflicting_overrides(&overrides))
    /// };
    /// assert_eq!(conflict("schedule.learning_rate=0.1", "schedule.cosine.learning_rate=0.2")?, Some((0, 1)));
    /// assert_eq!(conflict("optimizer.beta1=0.5", "optimizer=sgd")?, Some((0, 1)));
    /// assert_eq!(conflict("optimizer=sgd", "optimizer.adam.beta1=0.5")?, Some((0, 1)));
    /// assert_eq!(conflict("optimizer=adam", "optimizer.beta1=0.5")?, None);
    /// assert_eq!(conflict("optimizer.sgd={}", "training.epochs=1")?, None);
    /// assert_eq!(conflict("schedule.learning_rate=0.1", "schedule=constant")?, None);
    /// # Ok::<(), RecipeError>(())
    /// ```
    pub fn conflicting_overrides(&self, overrides: &[(String, String)]) -> Option<(usize, usize)> {
        let mut table = Value::Table(self.written().ok()?);
        let accepts = accepted();
        let mut earlier: Vec<Override<'_>> = Vec::new();
        for (key, value) in overrides {
            let later = Override::read(key, value).ok()?;
            let path = later.apply(&mut table, accepts).ok()?;
            if let Some(first) = earlier.iter().position(|one| one.is_overwritten(&table, accepts, &path)) {
                return Some((first, earlier.len()));
            }
            earlier.push(later);
        }
        None
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

/// An override as it was given, in one line.
fn in_one_line(said: &str) -> String {
    said.replace('\n', "\\n")
}

/// A bare word needs no quotes; all else is TOML.
fn parse_value(text: &str) -> Result<Value, String> {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    match text.parse::<Value>() {
        Ok(value) => Ok(value),
        Err(_) if text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(bare) => {
            Ok(Value::String(text.to_owned()))
        }
        Err(error) if ["unexpected content", "must be quoted"].iter().any(|said| error.message().contains(said)) => {
            let hint = "put brackets around a list, `[64, 32]`, and quotes around a text of several words";
            Err(format!("the value is not one of TOML's; {hint}"))
        }
        Err(error) => Err(match too_large(text, &error.span().unwrap_or_default()) {
            Some(reason) => format!("the value is not TOML, {reason}"),
            None => format!("the value is not TOML, {}", error.message().replace('\n', ", ")),
        }),
    }
}

/// What a user may write in place of a choice's name: `optimizer.kind=sgd` is `optimizer=sgd`.
const KIND: &str = "kind";

/// A value to be set, and the way to it from the place reached.
struct Setting<'a> {
    /// The key of that place.
    at: &'a str,
    keys: &'a [&'a str],
    value: Value,
}

impl<'a> Setting<'a> {
    /// One key on.
    fn below(self) -> Setting<'a> {
        Setting { at: self.keys[0], keys: &self.keys[1..], value: self.value }
    }

    fn refused(&self, slot: &Value, hint: &str) -> String {
        let (at, key) = (self.at, self.keys.join("."));
        format!("`{at}` is {slot} and has no keys of its own, so `{key}` cannot be set in it{hint}")
    }
}

/// Sets a value below `slot`, and gives the way there whole, with the names of choices that it left out.
fn set(slot: &mut Value, accepts: Option<&Accepts>, setting: Setting<'_>) -> Result<Vec<String>, String> {
    if let Some(Accepts::Choice(choices)) = accepts {
        return set_choice(slot, choices, setting);
    }
    let Some(first) = setting.keys.first() else {
        *slot = setting.value;
        return Ok(Vec::new());
    };
    let Value::Table(table) = slot else {
        return Err(setting.refused(slot, ""));
    };
    let below = accepts.and_then(|accepts| accepts.key(first)).map(|key| &key.accepts);
    let inner = table.entry(*first).or_insert_with(|| Value::Table(Table::new()));
    Ok([vec![(*first).to_owned()], set(inner, below, setting.below())?].concat())
}

/// Sets a choice, or a key of the one that is chosen or named. One that was not chosen before takes its usual values.
fn set_choice(slot: &mut Value, choices: &[Key], setting: Setting<'_>) -> Result<Vec<String>, String> {
    let named = |name: &str| choices.iter().find(|choice| choice.name == name);
    let current = slot.as_table().filter(|table| table.len() == 1).and_then(|table| table.keys().next().cloned());
    let current_has = |key: &str| current.as_deref().and_then(named).is_some_and(|one| one.accepts.key(key).is_some());
    match *setting.keys {
        [] | [KIND] => {
            *slot = chosen(choices, setting.value, slot);
            Ok(Vec::new())
        }
        [name] if named(name).is_some() && (setting.value.is_table() || !current_has(name)) => {
            let whole = Value::Table(Table::from_iter([(name.to_owned(), setting.value)]));
            *slot = chosen(choices, whole, slot);
            Ok(vec![name.to_owned()])
        }
        [name, _, ..] if named(name).is_some() => {
            if current.as_deref() != Some(name) {
                *slot = chosen(choices, Value::String(name.to_owned()), slot);
            }
            let accepts = named(name).map(|choice| &choice.accepts);
            match slot.get_mut(name) {
                Some(inner) => Ok([vec![name.to_owned()], set(inner, accepts, setting.below())?].concat()),
                None => Err(setting.refused(slot, "")),
            }
        }
        [first, ..] => match (current, slot) {
            (Some(current), Value::Table(table)) => {
                let accepts = named(&current).map(|choice| &choice.accepts);
                let path = set(&mut table[&current], accepts, setting)?;
                Ok([vec![current], path].concat())
            }
            (_, slot) => {
                let has_it = choices.iter().filter(|choice| choice.accepts.key(first).is_some());
                let has_it: Vec<&str> = has_it.map(|choice| choice.name.as_str()).collect();
                let hint =
                    if has_it.is_empty() { String::new() } else { format!(": choose {} first", one_of(&has_it)) };
                Err(setting.refused(slot, &hint))
            }
        },
    }
}

/// The choice that `value` names, alone or with some of its keys, with the usual values of the others; any other value as it is.
fn chosen(choices: &[Key], value: Value, before: &Value) -> Value {
    let named = |name: &str| choices.iter().find(|choice| choice.name == name);
    let (name, given) = match &value {
        Value::String(name) => (name.as_str(), Some(Table::new())),
        Value::Table(table) if table.len() == 1 => {
            table.iter().next().map_or(("", None), |(name, given)| (name.as_str(), given.as_table().cloned()))
        }
        _ => ("", None),
    };
    match (named(name), given) {
        (Some(choice), Some(given)) => with_usual_values(choice, given, before),
        _ => value,
    }
}

/// A choice with the values given, and for its other keys the usual ones; a key without one keeps what the choice before had for
/// it, as every schedule has a `learning_rate`.
fn with_usual_values(choice: &Key, given: Table, before: &Value) -> Value {
    if choice.accepts.keys().is_empty() && given.is_empty() {
        return Value::String(choice.name.clone());
    }
    let before = before.as_table().and_then(|table| table.values().next()).and_then(Value::as_table);
    let mut table = Table::new();
    for key in choice.accepts.keys() {
        let kept = || before.and_then(|before| before.get(&key.name)).cloned();
        if let Some(value) = given.get(&key.name).cloned().or_else(|| usual_value(key)).or_else(kept) {
            table.insert(key.name.clone(), value);
        }
    }
    // What is not a key of it is refused as everywhere.
    for (key, value) in given {
        table.entry(key).or_insert(value);
    }
    Value::Table(Table::from_iter([(choice.name.clone(), Value::Table(table))]))
}

/// All keys of a recipe, collected once.
pub(crate) fn accepted() -> &'static Accepts {
    static KEYS: LazyLock<Accepts> = LazyLock::new(Recipe::accepts);
    &KEYS
}

/// What stands at a key where nobody chose.
pub(crate) fn usual_value(key: &Key) -> Option<Value> {
    key.usual.as_ref().and_then(|usual| usual.parse().ok())
}

fn malformed(text: &str, reason: impl Into<String>) -> RecipeError {
    RecipeError::Override { text: text.to_owned(), reason: reason.into() }
}
