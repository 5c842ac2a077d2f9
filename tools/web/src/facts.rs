//! What the page says of the weights that it shows, as it was recorded.

use crate::read_text;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::Path;

/// The folder in `models/` and the name of every weights file that the page shows.
pub const SHOWN: [(&str, &str); 4] =
    [("mlp", "mlp_emnist"), ("cnn", "cnn_emnist"), ("cnn", "cnn_cifar10_best"), ("cnn", "cnn_cifar10")];

/// An answer is sure from where on so many of the test images were answered rightly.
const SURE: f64 = 0.9;

/// The text of `zoo.json`: `weights` by name, and where the lessons are.
pub fn of_shown_weights(root: &Path, lessons: &str) -> Result<String> {
    let mut weights = serde_json::Map::new();
    for (model, name) in SHOWN {
        weights.insert(name.to_string(), of_weights(root, model, name)?);
    }
    Ok(json!({ "lessons": lessons, "weights": weights }).to_string())
}

fn of_weights(root: &Path, model: &str, name: &str) -> Result<Value> {
    let index = parsed(&root.join("models").join(model).join("weights/index.json"))?;
    let record = parsed(&root.join("results").join(format!("{name}.json")))?;
    let entries = index["weights"].as_array().with_context(|| format!("the index of {model} lists no weights"))?;
    let entry = entries.iter().find(|entry| entry["name"] == name);
    let entry = entry.with_context(|| format!("the index of {model} does not list {name}"))?;
    let runs = record["runs"].as_array().with_context(|| format!("the record of {name} has no runs"))?;
    let run = runs.iter().find(|run| run["seed"] == entry["seed"]);
    let run = run.with_context(|| format!("the record of {name} has no run by the seed of its weights"))?;
    let bins = run["calibration"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(json!({
        "parameters": entry["parameters"],
        "accuracy": entry["metrics"]["accuracy"],
        "data": entry["data"],
        "provenance": entry["provenance"],
        "sureFrom": sure_from(bins),
    }))
}

/// The probability from which on the answers of every bin were right often enough; 1 if there is none.
fn sure_from(bins: &[Value]) -> f64 {
    let is_sure = |bin: &&Value| bin["count"] == 0 || bin["accuracy"].as_f64().is_some_and(|right| right >= SURE);
    let sure = bins.iter().rev().take_while(is_sure).last();
    sure.and_then(|bin| bin["from"].as_f64()).unwrap_or(1.0)
}

fn parsed(path: &Path) -> Result<Value> {
    serde_json::from_str(&read_text(path)?).with_context(|| format!("{} is no JSON", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_sure_from_where_all_surer_ones_are() {
        let bin = |from: f64, count: u64, accuracy: f64| json!({ "from": from, "count": count, "accuracy": accuracy });
        let bins = [bin(0.0, 5, 1.0), bin(0.25, 9, 0.6), bin(0.5, 0, 0.0), bin(0.75, 90, 0.95)];
        assert_eq!(sure_from(&bins), 0.5);
        assert_eq!(sure_from(&bins[..2]), 1.0);
        assert_eq!(sure_from(&[]), 1.0);
    }
}
