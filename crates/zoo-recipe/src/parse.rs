//! From text to a checked recipe.

use std::path::Path;

use zoo_core::nearest;

use crate::error::{Place, RecipeError};
use crate::key::{KeyPath, line_of};
use crate::written::{in_one_line, one_of};
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
    /// The recipe that `text` states, checked. `file` is the text's file, for messages; when it ends in `.toml`, the
    /// recipe's name must be the file's, so that no result is filed under another recipe's name. Only `recipe.toml`,
    /// the name of the copy in every run folder, may hold any recipe.
    ///
    /// # Errors
    ///
    /// [`RecipeError::Syntax`] when the text is not TOML, and [`RecipeError::Invalid`] at the first key that is
    /// unknown, missing, of the wrong type, out of range, or at odds with another key.
    pub fn parse(text: &str, file: &str) -> Result<Recipe, RecipeError> {
        if let Err(error) = toml::de::DeTable::parse(text) {
            return Err(syntax(&error, file, text));
        }
        let recipe = recipe_of(text).and_then(|recipe| named_as_file(recipe, file));
        recipe.map_err(|located| located.in_file(file, text))
    }

    /// Checks ranges and cross-field rules, as [`Recipe::parse`] does: for a recipe made or changed in code.
    ///
    /// # Errors
    ///
    /// [`RecipeError::Invalid`], with the recipe's name in place of a file's.
    pub fn check(&self) -> Result<(), RecipeError> {
        let place = format!("recipe {}", self.name);
        let table = self.to_table().map_err(|error| {
            let fault = format!("it cannot be written as TOML: {error}");
            Located { path: KeyPath::default(), fault, line: None }.in_words(&place)
        })?;
        recipe_of(&table.to_string()).map(drop).map_err(|located| located.in_words(place))
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

/// What serde says of a value, with its whole key and the value as it stands in the text.
fn explained(error: &toml::de::Error, text: &str) -> Located {
    let span = error.span().unwrap_or(0..0);
    let (path, message) = (KeyPath::at(text, span.start), error.message());
    let line = Some(line_of(text, span.start));
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (path, fault) = match (message.split_once(", expected "), quoted.as_slice()) {
        _ if message.starts_with("unknown field") => {
            let (found, known) = quoted.split_first().map_or(("", &[][..]), |(found, known)| (*found, known));
            let path = if path.ends_in(found) { path } else { path.key(found) };
            let fault = format!("unknown key `{path}`{}, accepted here: {}", did_you_mean(found, known), listed(known));
            (path, fault)
        }
        (_, [missing]) if message.starts_with("missing field") => {
            let path = path.key(missing);
            let fault = format!("the key `{path}` is missing; there are no defaults");
            (path, fault)
        }
        (Some(_), [found, known @ ..]) if message.starts_with("unknown variant") => {
            let fault = format!("`{path}` is {found:?}, expected {}{}", one_of(known), did_you_mean(found, known));
            (path, fault)
        }
        (Some((_, accepted)), _) => {
            let found = text.get(span.clone()).unwrap_or_default().split('\n').next().unwrap_or_default();
            let fault = format!("`{path}` is {}, expected {accepted}", in_one_line(&value_of(found)));
            (path, fault)
        }
        _ => {
            let fault = format!("`{path}`: {message}");
            (path, fault)
        }
    };
    Located { path, fault: fault.replace('\n', " "), line }
}

/// The value that stands in the text, or the text itself.
fn value_of(text: &str) -> toml::Value {
    text.parse().unwrap_or_else(|_| toml::Value::String(text.to_owned()))
}

fn did_you_mean(found: &str, known: &[&str]) -> String {
    match nearest(found, known.iter().copied()).as_slice() {
        [] => String::new(),
        [one] => format!(" (did you mean `{one}`?)"),
        several => format!(" (did you mean one of {}?)", listed(several)),
    }
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn named_as_file(recipe: Recipe, file: &str) -> Result<Recipe, Located> {
    let file = Path::new(file);
    let is_toml = file.extension().is_some_and(|extension| extension == "toml");
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if !is_toml || stem == "recipe" || stem == recipe.name {
        return Ok(recipe);
    }
    let accepted = format!("{stem:?}, the name of its file");
    Err(refused(KeyPath::from_dotted("name"), &format!("{:?}", recipe.name), &accepted))
}

fn syntax(error: &toml::de::Error, file: &str, text: &str) -> RecipeError {
    let line = error.span().map(|span| line_of(text, span.start));
    let reason = error.message().replace('\n', ", ");
    RecipeError::Syntax { place: Place { file: file.to_owned(), line }, reason }
}
