//! What holds for any text and any recipe.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::LazyLock;

use common::shipped;
use proptest::collection::{hash_set, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use zoo_recipe::{Recipe, parse_override};

static RECIPES: LazyLock<Vec<Recipe>> = LazyLock::new(shipped);

/// A shipped recipe with other texts, numbers and seeds.
fn any_recipe() -> impl Strategy<Value = Recipe> {
    let seeds = hash_set(0..=i64::MAX as u64, 1..8);
    let number = 0.0..=f64::MAX;
    (select(&RECIPES[..]), any::<String>(), number, seeds, 1..=65_536_usize).prop_map(
        |(mut recipe, text, number, seeds, batch_size)| {
            recipe.claim.iter_mut().for_each(|claim| claim.summary.clone_from(&text));
            recipe.regularization.l1 = number;
            recipe.training.seeds = seeds.into_iter().collect();
            recipe.training.batch_size = batch_size;
            recipe
        },
    )
}

/// A line of a canonical recipe that sets a key, by its number, and that key from the top.
fn any_key() -> impl Strategy<Value = (Recipe, usize, String)> {
    (select(&RECIPES[..]), any::<Index>()).prop_map(|(recipe, index)| {
        let keys = keys(&recipe.to_toml());
        let (line, key) = index.get(&keys).clone();
        (recipe, line, key)
    })
}

fn keys(text: &str) -> Vec<(usize, String)> {
    let mut section = String::new();
    let mut keys = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            section = format!("{}.", line.trim_matches(['[', ']']));
        } else if let Some((key, _)) = line.split_once(" = ") {
            keys.push((number, unnumbered(&format!("{section}{key}"))));
        }
    }
    keys
}

/// Without the numbers of items: below a header, `[[claim.floors]]`, a text does not always say which item it is.
fn unnumbered(text: &str) -> String {
    let pieces = text.split('[').enumerate();
    let piece = |(index, piece): (usize, &str)| match piece.split_once(']') {
        Some((number, rest)) if index > 0 && number.parse::<usize>().is_ok() => rest.to_owned(),
        _ if index > 0 => format!("[{piece}"),
        _ => piece.to_owned(),
    };
    pieces.map(piece).collect()
}

/// What is said of the recipe's text after `corrupt` changed one line.
fn said_of(recipe: &Recipe, line: usize, corrupt: impl Fn(&str) -> String) -> String {
    let text = recipe.to_toml();
    let lines = text.lines().enumerate();
    let corrupted: Vec<_> =
        lines.map(|(number, text)| if number == line { corrupt(text) } else { text.to_owned() }).collect();
    unnumbered(&Recipe::parse(&corrupted.join("\n"), "recipe.toml").unwrap_err().to_string())
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text: String) {
        let _ = Recipe::parse(&text, "recipe.toml");
        let _ = parse_override(&text);
    }

    #[test]
    fn no_damage_makes_the_parser_panic(recipe in select(&RECIPES[..]), damage in vec((any::<Index>(), any::<u8>()), 1..20)) {
        let mut bytes = recipe.to_toml().into_bytes();
        for (at, byte) in damage {
            *at.get_mut(&mut bytes) = byte;
        }
        let _ = Recipe::parse(&String::from_utf8_lossy(&bytes), "recipe.toml");
    }

    #[test]
    fn no_override_makes_the_parser_panic(recipe in select(&RECIPES[..]), key: String, value: String) {
        let _ = recipe.with_overrides(&[(key, value)]);
    }

    #[test]
    fn the_canonical_form_says_all(recipe in any_recipe()) {
        recipe.check().unwrap();
        let again = Recipe::parse(&recipe.to_toml(), "recipe.toml").unwrap();
        prop_assert_eq!(again.to_toml(), recipe.to_toml());
        prop_assert_eq!(again, recipe);
    }

    #[test]
    fn equal_hashes_are_equal_recipes(one in any_recipe(), other in any_recipe()) {
        prop_assert_eq!(one.sha256() == other.sha256(), one.of_run(&[]) == other.of_run(&[]));
        prop_assert_eq!(one.diff(&other).is_empty(), one == other);
    }

    #[test]
    fn a_mistyped_key_is_named((recipe, line, key) in any_key()) {
        let said = said_of(&recipe, line, |text| text.replacen(" = ", "x = ", 1));
        prop_assert!(said.contains(&format!("`{key}x`")), "{}: {}", key, said);
    }

    #[test]
    fn a_lost_key_is_named((recipe, line, key) in any_key()) {
        // Those that a recipe does without.
        prop_assume!(!["claim.parameters", "model.speednet.pool_after", "training.keep_as"].contains(&key.as_str()));
        let said = said_of(&recipe, line, |_| String::new());
        prop_assert!(said.contains(&format!("`{key}`")), "{}: {}", key, said);
    }

    #[test]
    fn a_value_of_another_type_is_named((recipe, line, key) in any_key()) {
        let said = said_of(&recipe, line, |text| {
            let (key, _) = text.split_once(" = ").unwrap();
            format!("{key} = 1979-05-27")
        });
        prop_assert!(said.contains(&format!("`{key}` is 1979-05-27")), "{}: {}", key, said);
    }
}
