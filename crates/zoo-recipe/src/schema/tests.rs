//! The schema's table and the structs hold the same keys and words, in both directions.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde::de::DeserializeOwned;
use toml::Value;

use super::*;
use crate::check::check_table;
use crate::*;

#[test]
fn every_table_the_schema_accepts_is_a_recipe_with_just_these_keys() {
    let examples = examples(&RECIPE);
    assert!(examples.len() > 50, "the schema has more kinds than {}", examples.len());
    for example in examples {
        let Value::Table(table) = example else {
            panic!("a recipe is a table");
        };
        check_table(&table).unwrap();
        let recipe: Recipe = table.clone().try_into().unwrap();
        assert_eq!(toml::Table::try_from(&recipe).unwrap(), table);
    }
}

#[test]
fn the_schema_knows_every_kind_and_word_of_the_structs() {
    assert_eq!(kinds::<Target>(), part(&DATA, "target").kinds());
    assert_eq!(kinds::<TestSplit>(), part(&DATA, "test").kinds());
    assert_eq!(kinds::<Frame>(), part(&DATA, "frame").kinds());
    assert_eq!(kinds::<Normalization>(), NORMALIZATION.kinds());
    assert_eq!(kinds::<Augmentation>(), AUGMENTATION.kinds());
    assert_eq!(kinds::<Model>(), MODEL.kinds());
    assert_eq!(kinds::<Initializer>(), INITIALIZER.kinds());
    assert_eq!(kinds::<Loss>(), LOSS.kinds());
    assert_eq!(kinds::<Optimizer>(), OPTIMIZER.kinds());
    assert_eq!(kinds::<Schedule>(), SCHEDULE.kinds());
    assert_eq!(kinds::<WeightDecay>(), part(&REGULARIZATION, "weight_decay").kinds());
    assert_eq!(kinds::<GradientClipping>(), part(&REGULARIZATION, "gradient_clipping").kinds());
    assert_eq!(kinds::<Averaging>(), part(&TRAINING, "averaging").kinds());
    assert_eq!(kinds::<EarlyStopping>(), EARLY_STOPPING.kinds());

    assert_eq!(words::<Metric>(), listed(&METRIC));
    assert_eq!(words::<Padding>(), listed(&PADDING));
    assert_eq!(words::<Activation>(), listed(&ACTIVATION));
    assert_eq!(words::<DataName>(), listed(part(&DATA, "name")));
    assert_eq!(words::<Keep>(), listed(part(&TRAINING, "keep")));
}

/// Values that `accepts` takes, such that each kind and each word occurs in one of them.
fn examples(accepts: &Accepts) -> Vec<Value> {
    match accepts {
        Text => vec![Value::from("text")],
        Boolean => vec![Value::from(true)],
        Accepts::Integer { min, .. } => vec![Value::from(*min)],
        Accepts::Number(interval) => {
            let number = [0.5, 2.0].into_iter().find(|number| interval.contains(*number));
            vec![Value::from(number.unwrap())]
        }
        Word(words) => words.iter().map(|word| Value::from(*word)).collect(),
        List { item, .. } => vec![Value::from(examples(item))],
        Table(fields) => tables(fields, toml::Table::new()),
        Choice(kinds) => {
            let with_kind = |kind: &str| toml::Table::from_iter([("kind".to_owned(), Value::from(kind))]);
            kinds.iter().flat_map(|(kind, fields)| tables(fields, with_kind(kind))).collect()
        }
    }
}

/// `first` with each field's first example, then once with each further example of each field.
fn tables(fields: &[Field], first: toml::Table) -> Vec<Value> {
    let choices: Vec<_> = fields.iter().map(|(key, accepts)| (*key, examples(accepts))).collect();
    let mut plain = first;
    plain.extend(choices.iter().map(|(key, values)| (key.to_string(), values[0].clone())));
    let varied = choices.iter().flat_map(|(key, values)| values[1..].iter().map(move |value| (*key, value)));
    let tables = varied.map(|(key, value)| {
        let mut table = plain.clone();
        table.insert(key.to_owned(), value.clone());
        Value::Table(table)
    });
    std::iter::once(Value::Table(plain.clone())).chain(tables).collect()
}

/// The kinds that serde knows of `T`.
fn kinds<T: DeserializeOwned>() -> Vec<String> {
    let nonsense = toml::Table::from_iter([("kind".to_owned(), Value::from("?"))]);
    words_in_error(Value::Table(nonsense).try_into::<T>().err().unwrap())
}

/// The words that serde knows of `T`.
fn words<T: DeserializeOwned>() -> Vec<String> {
    words_in_error(Value::from("?").try_into::<T>().err().unwrap())
}

/// ``unknown variant `?`, expected one of `a`, `b` ``.
fn words_in_error(error: toml::de::Error) -> Vec<String> {
    let quoted = error.message().split('`').skip(1).step_by(2);
    quoted.filter(|word| *word != "?").map(str::to_owned).collect()
}

fn part(table: &Accepts, key: &str) -> &'static Accepts {
    table.field(&toml::Table::new(), key)
}

fn listed(accepts: &Accepts) -> &'static [&'static str] {
    match accepts {
        Word(words) => words,
        other => panic!("{other:?} is not a list of words"),
    }
}
