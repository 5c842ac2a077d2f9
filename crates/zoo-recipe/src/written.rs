//! The one way to write a recipe down, and what follows from it: hash and difference.

use toml::{Table, Value};
use zoo_core::explain::Accepts;
use zoo_core::{and_more, nearest, sha256_hex};

use crate::Recipe;
use crate::overrides::{accepted, usual_value};

/// What [`Recipe::diff`] says of a key that one of the two recipes does not have.
const ABSENT: &str = "absent";

impl Recipe {
    /// The recipe as TOML in its canonical form: all keys, in the order of the types. Parsing it gives the same recipe.
    ///
    /// # Panics
    ///
    /// When an integer is above `i64::MAX`, which TOML cannot hold and [`Recipe::check`] refuses.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("every integer of a checked recipe is at most i64::MAX")
    }

    /// The sha256 of what decides a run besides its seed, in hexadecimal: of [`Recipe::to_toml`] without the claim and the seeds. Equal for
    /// files that differ in comments or layout, in what is expected of the runs, or in how many there are to be.
    ///
    /// # Panics
    ///
    /// As [`Recipe::to_toml`].
    pub fn sha256(&self) -> String {
        sha256_hex(self.of_run(&[]).to_toml().as_bytes())
    }

    /// What decides runs by these seeds: the recipe without what it claims.
    pub fn of_run(&self, seeds: &[u64]) -> Recipe {
        let mut recipe = Recipe { claim: None, ..self.clone() };
        recipe.training.seeds = seeds.to_vec();
        recipe
    }

    /// What changes from `self` to `other`: key, value before, value after, as TOML; `absent` for a key that one of
    /// the two lacks and that stands for nothing where it is left out.
    ///
    /// # Panics
    ///
    /// As [`Recipe::to_toml`].
    pub fn diff(&self, other: &Recipe) -> Vec<(String, String, String)> {
        let leaves_of = |recipe: &Recipe| {
            let mut table = recipe.to_table().expect("every integer of a checked recipe is at most i64::MAX");
            fill(&mut table, accepted());
            leaves(&table)
        };
        let (before, after) = (leaves_of(self), leaves_of(other));
        let added = after.iter().filter(|(key, _)| value_of(&before, key) == ABSENT);
        let keys = before.iter().chain(added).map(|(key, _)| key);
        keys.map(|key| (key.clone(), value_of(&before, key), value_of(&after, key)))
            .filter(|(_, before, after)| before != after)
            .collect()
    }

    /// The same of what decides a run besides its seed, in one line, for sentences: the first keys, and how many more there are; `None` if
    /// they have the same [`sha256`](Self::sha256).
    ///
    /// ```
    /// let recipe = zoo_recipe::Recipe::parse(include_str!("../../../models/softmax/recipes/softmax_digits.toml"), "softmax_digits.toml")?;
    /// let mut longer = recipe.clone();
    /// longer.training.epochs = 7;
    /// let epochs = recipe.training.epochs;
    /// assert_eq!(recipe.diff_in_words(&longer), Some(format!("training.epochs: was {epochs}, now 7")));
    /// assert_eq!(recipe.diff_in_words(&recipe.of_run(&[7])), None);
    /// # Ok::<(), zoo_recipe::RecipeError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Recipe::to_toml`].
    pub fn diff_in_words(&self, now: &Recipe) -> Option<String> {
        const SHOWN: usize = 3;
        let all = self.of_run(&[]).diff(&now.of_run(&[]));
        let change =
            |(key, before, after): &(String, String, String)| format!("{key}: was {}, now {}", cut(before), cut(after));
        let shown: Vec<String> = all.iter().take(SHOWN).map(change).collect();
        let more = match and_more(all.len(), SHOWN) {
            none if none.is_empty() => none,
            more => format!(";{more}"),
        };
        (!all.is_empty()).then(|| format!("{}{more}", shown.join("; ")))
    }

    pub(crate) fn to_table(&self) -> Result<Table, toml::ser::Error> {
        Table::try_from(self)
    }
}

/// Sets every key that is left out to what it stands for then.
fn fill(table: &mut Table, accepts: &Accepts) {
    for key in accepts.keys() {
        match table.get_mut(&key.name) {
            Some(Value::Table(inner)) => fill(inner, &key.accepts),
            None if key.optional => table.extend(usual_value(key).map(|usual| (key.name.clone(), usual))),
            _ => {}
        }
    }
}

/// Every value that is not a table, under its whole key. A list is one value.
pub(crate) fn leaves(table: &Table) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(table, "", &mut found);
    found
}

fn collect(table: &Table, prefix: &str, found: &mut Vec<(String, String)>) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => collect(inner, &format!("{prefix}{key}."), found),
            value => found.push((format!("{prefix}{key}"), value.to_string())),
        }
    }
}

fn value_of(leaves: &[(String, String)], key: &str) -> String {
    let leaf = leaves.iter().find(|(name, _)| name == key);
    leaf.map_or(ABSENT, |(_, value)| value).to_owned()
}

/// A value as TOML, cut where a sentence would be lost in it.
pub(crate) fn in_one_line(value: &Value) -> String {
    match value {
        Value::String(text) => cut(&format!("{text:?}")),
        other => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// `"a", "b" or "c"`.
pub(crate) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// A hint at the names that one may have been meant for; nothing where none is close.
pub(crate) fn did_you_mean(found: &str, known: &[&str]) -> String {
    suggested(&nearest(found, known.iter().copied()))
}

/// The same of names that are known to be close.
pub(crate) fn suggested(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => format!(" (did you mean `{one}`?)"),
        several => format!(" (did you mean one of {}?)", in_backquotes(several)),
    }
}

/// `` `a`, `b` ``.
pub(crate) fn in_backquotes(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
