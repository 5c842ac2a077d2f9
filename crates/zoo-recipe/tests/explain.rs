//! What the types say of a recipe's keys is what they read.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{recipe, shipped, with};
use toml::{Table, Value};
use zoo_core::explain::{Accepts, Explain, Key};
use zoo_recipe::Recipe;

/// Every key of the table is known and says what it means; of a choice, the one that was made.
fn assert_explained(accepts: &Accepts, value: &Value, path: &str) {
    let meant = |name: &str| {
        let key: &Key = accepts.key(name).unwrap_or_else(|| panic!("{path} is said to have no {name:?}: {accepts:?}"));
        assert!(!key.meaning.is_empty(), "{path}.{name} has no doc comment");
        key
    };
    match (accepts, value) {
        (Accepts::Value(words), _) => assert!(!words.is_empty(), "{path}"),
        (Accepts::List { items, .. }, Value::Array(values)) => {
            values.iter().for_each(|value| assert_explained(items, value, path));
        }
        (Accepts::Choice(_), Value::String(name)) => assert!(meant(name).accepts.keys().is_empty(), "{path}"),
        (Accepts::Choice(_) | Accepts::Table(_), Value::Table(table)) => {
            table
                .iter()
                .for_each(|(name, value)| assert_explained(&meant(name).accepts, value, &format!("{path}.{name}")));
        }
        _ => panic!("{path} is said to be {accepts:?}, and holds {value}"),
    }
}

fn every_key<'a>(accepts: &'a Accepts, visit: &mut impl FnMut(&'a Key)) {
    for key in accepts.keys() {
        visit(key);
        every_key(&key.accepts, visit);
    }
}

#[test]
fn every_key_of_every_recipe_is_explained() {
    let accepts = Recipe::accepts();
    for recipe in shipped() {
        assert_explained(&accepts, &Value::Table(recipe.to_toml().parse::<Table>().unwrap()), &recipe.name);
    }
}

#[test]
fn every_key_has_a_meaning_and_a_range_in_words() {
    let mut count = 0;
    every_key(&Recipe::accepts(), &mut |key| {
        assert!(key.meaning.len() > 3, "{key:?} has no doc comment");
        assert!(!matches!(&key.accepts, Accepts::Value(words) if words == "f64" || words == "usize"), "{key:?}");
        assert!(key.usual.as_ref().is_none_or(|usual| usual.parse::<Value>().is_ok()), "{key:?}");
        count += 1;
    });
    assert!(count > 150, "{count}");
    let accepts = Recipe::accepts();
    let beta1 =
        accepts.key("optimizer").and_then(|key| key.accepts.key("adam")).and_then(|key| key.accepts.key("beta1"));
    assert_eq!(beta1.unwrap().accepts, Accepts::Value("a number of at least 0 and below 1".into()));
}

/// Of those that `--set` can choose by name alone: nothing is missing, whatever the rules between keys say.
#[test]
fn every_choice_has_usual_values_that_are_read() {
    let recipe = recipe("mlp_digits");
    let accepts = Recipe::accepts();
    let mut tried = 0;
    for path in ["optimizer", "loss", "schedule", "early_stopping", "training.ema", "model", "model.mlp.weights"]
        .into_iter()
        .chain(["regularization.weight_decay", "regularization.gradient_clipping", "claim.measured"])
    {
        let place = path.split('.').try_fold(&accepts, |accepts, key| accepts.key(key).map(|key| &key.accepts));
        for choice in place.unwrap().keys() {
            for set in [format!("{path}={}", choice.name), format!("{path}.kind={}", choice.name)] {
                let said = with(&recipe, &[&set]).err().unwrap_or_default();
                let is_bare = said.contains(&format!("is {:?}, expected {{", choice.name));
                assert!(!said.contains("is missing") && !is_bare, "{said}");
                tried += 1;
            }
        }
    }
    assert!(tried > 70, "{tried}");
}
