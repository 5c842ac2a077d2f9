//! From text to a checked recipe.

use std::path::Path;

use toml::Table;

use crate::check::{check_table, refused};
use crate::error::{Fault, Located, Place, RecipeError};
use crate::key::{KeyPath, line_of};
use crate::{Recipe, rules};

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
        let table: Table = toml::from_str(text).map_err(|error| syntax(&error, file, text))?;
        recipe_of(table).and_then(|recipe| named_as_file(recipe, file)).map_err(|located| located.in_file(file, text))
    }

    /// Checks ranges and cross-field rules, as [`Recipe::parse`] does: for a recipe made or changed in code.
    ///
    /// # Errors
    ///
    /// [`RecipeError::Invalid`], with the recipe's name in place of a file's.
    pub fn check(&self) -> Result<(), RecipeError> {
        let located = |located: Located| located.in_words(format!("recipe {}", self.name));
        let table = Table::try_from(self).map_err(|_| located(too_large(self)))?;
        recipe_of(table).map(drop).map_err(located)
    }
}

/// The recipe a TOML table states, checked against the schema first and then against the rules.
pub(crate) fn recipe_of(table: Table) -> Result<Recipe, Located> {
    check_table(&table)?;
    let recipe = table.clone().try_into().map_err(schema_and_struct_differ)?;
    rules::check(&recipe, &table)?;
    Ok(recipe)
}

/// No table that passed the schema comes here, as the tests of the schema show; if one did, serde's words must do.
fn schema_and_struct_differ(error: toml::de::Error) -> Located {
    let accepted = error.message().to_owned();
    Located::new(KeyPath::default(), Fault::MissingKey { key: String::new(), accepted })
}

/// The only numbers a recipe can hold and TOML cannot are integers above `i64::MAX`.
fn too_large(recipe: &Recipe) -> Located {
    let path = KeyPath::from_dotted("training.seeds");
    let found = format!("{:?}", recipe.training.seeds);
    refused(path, found, format!("integers of at most {}", i64::MAX), Vec::new())
}

fn named_as_file(recipe: Recipe, file: &str) -> Result<Recipe, Located> {
    let file = Path::new(file);
    let is_toml = file.extension().is_some_and(|extension| extension == "toml");
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if !is_toml || stem == "recipe" || stem == recipe.name {
        return Ok(recipe);
    }
    let accepted = format!("{stem:?}, the name of its file");
    let found = format!("{:?}", recipe.name);
    Err(refused(KeyPath::from_dotted("name"), found, accepted, Vec::new()))
}

fn syntax(error: &toml::de::Error, file: &str, text: &str) -> RecipeError {
    let line = error.span().map(|span| line_of(text, span.start));
    let reason = error.message().replace('\n', ", ");
    RecipeError::Syntax { place: Place { file: file.to_owned(), line }, reason }
}
