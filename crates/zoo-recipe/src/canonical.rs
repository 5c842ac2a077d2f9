//! The one way to write a recipe down, and what follows from it: hash and difference.

use sha2::{Digest, Sha256};
use toml::{Table, Value};

use crate::Recipe;
use crate::accepts::Accepts;
use crate::key::KeyPath;
use crate::schema::RECIPE;

/// What [`Recipe::diff`] says of a key that one of the two recipes does not have.
const ABSENT: &str = "absent";

impl Recipe {
    /// The recipe as TOML in its canonical form: all keys, in the order of the schema, one section a part. Parsing it
    /// gives the same recipe.
    ///
    /// # Panics
    ///
    /// When an integer is above `i64::MAX`, which TOML cannot hold and [`Recipe::check`] refuses.
    pub fn to_toml(&self) -> String {
        let table = self.to_table();
        let mut text = String::new();
        for (key, accepts) in RECIPE.fields(&table) {
            match &table[*key] {
                Value::Table(section) => {
                    text += &format!("\n[{key}]\n");
                    for key in accepts.keys(section) {
                        text += &line(accepts, section, key);
                    }
                }
                _ => text += &line(&RECIPE, &table, key),
            }
        }
        text
    }

    /// The sha256 of [`Recipe::to_toml`], in hexadecimal: equal for files that differ in comments or layout alone.
    ///
    /// # Panics
    ///
    /// As [`Recipe::to_toml`].
    pub fn sha256(&self) -> String {
        let digest = Sha256::digest(self.to_toml());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What changes from `self` to `other`: key, value before, value after, as TOML; `absent` for a key that one of
    /// the two lacks.
    ///
    /// # Panics
    ///
    /// As [`Recipe::to_toml`].
    pub fn diff(&self, other: &Recipe) -> Vec<(String, String, String)> {
        let before = leaves(&self.to_table());
        let after = leaves(&other.to_table());
        let added = after.iter().filter(|(key, _)| value_of(&before, key) == ABSENT);
        let keys = before.iter().chain(added).map(|(key, _)| key);
        keys.map(|key| (key.clone(), value_of(&before, key), value_of(&after, key)))
            .filter(|(_, before, after)| before != after)
            .collect()
    }

    pub(crate) fn to_table(&self) -> Table {
        Table::try_from(self).expect("every integer of a checked recipe is at most i64::MAX")
    }
}

fn line(accepts: &Accepts, table: &Table, key: &str) -> String {
    format!("{key} = {}\n", inline(accepts.field(table, key), &table[key]))
}

/// A value in one line, the keys of tables in the order of the schema.
fn inline(accepts: &Accepts, value: &Value) -> String {
    match (accepts, value) {
        (_, Value::Table(table)) => {
            let keys = accepts.keys(table).into_iter();
            let pairs: Vec<_> =
                keys.map(|key| format!("{key} = {}", inline(accepts.field(table, key), &table[key]))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        (Accepts::List { item, .. }, Value::Array(items)) => {
            let items: Vec<_> = items.iter().map(|value| inline(item, value)).collect();
            format!("[{}]", items.join(", "))
        }
        // The shortest digits that give the same number again, `1e-7` rather than `0.0000001`.
        (_, Value::Float(number)) if number.is_finite() => format!("{number:?}"),
        _ => value.to_string(),
    }
}

/// Every value that is not a table, under its whole key, in the order of the schema. A list is one value.
fn leaves(table: &Table) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&RECIPE, table, &KeyPath::default(), &mut found);
    found
}

fn collect(accepts: &Accepts, table: &Table, path: &KeyPath, found: &mut Vec<(String, String)>) {
    for key in accepts.keys(table) {
        let path = path.key(key);
        let accepts = accepts.field(table, key);
        match &table[key] {
            Value::Table(inner) => collect(accepts, inner, &path, found),
            value => found.push((path.to_string(), inline(accepts, value))),
        }
    }
}

fn value_of(leaves: &[(String, String)], key: &str) -> String {
    let leaf = leaves.iter().find(|(name, _)| name == key);
    leaf.map_or(ABSENT, |(_, value)| value).to_owned()
}
