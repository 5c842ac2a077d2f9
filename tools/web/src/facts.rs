//! What the page says of the weights that it shows, as it was recorded.

use crate::read_text;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;
use zoo_page::{NetworkFacts, Reliability, sure_from, zoo_json};

/// The folder in `models/` and the name of every weights file that the page shows.
pub const SHOWN: [(&str, &str); 4] =
    [("mlp", "mlp_emnist"), ("cnn", "cnn_emnist"), ("cnn", "cnn_cifar10_best"), ("cnn", "cnn_cifar10")];

/// The text of `zoo.json`: `weights` by name, and where the lessons are.
pub fn of_shown_weights(root: &Path, lessons: &str) -> Result<String> {
    let mut networks = Vec::new();
    for (model, name) in SHOWN {
        networks.push((name, of_weights(root, model, name)?));
    }
    Ok(zoo_json(lessons, &networks))
}

fn of_weights(root: &Path, model: &str, name: &str) -> Result<NetworkFacts> {
    let index = parsed(&root.join("models").join(model).join("weights/index.json"))?;
    let record = parsed(&root.join("results").join(format!("{name}.json")))?;
    let entries = index["weights"].as_array().with_context(|| format!("the index of {model} lists no weights"))?;
    let entry = entries.iter().find(|entry| entry["name"] == name);
    let entry = entry.with_context(|| format!("the index of {model} does not list {name}"))?;
    let runs = record["runs"].as_array().with_context(|| format!("the record of {name} has no runs"))?;
    let run = runs.iter().find(|run| run["seed"] == entry["seed"]);
    let run = run.with_context(|| format!("the record of {name} has no run by the seed of its weights"))?;
    let bins = run["calibration"].as_array().map(Vec::as_slice).unwrap_or_default();
    let bins: Vec<Reliability> = bins.iter().filter_map(reliability).collect();
    let text = |key: &str| entry[key].as_str().map(str::to_string);
    Ok(NetworkFacts {
        parameters: entry["parameters"].as_u64(),
        accuracy: entry["metrics"]["accuracy"].as_f64(),
        data: text("data"),
        provenance: text("provenance"),
        sure_from: Some(sure_from(&bins)),
    })
}

/// A bin of a report's calibration.
fn reliability(bin: &Value) -> Option<Reliability> {
    let [from, accuracy] = [&bin["from"], &bin["accuracy"]].map(Value::as_f64);
    Some(Reliability { from: from?, count: bin["count"].as_u64()?, accuracy: accuracy? })
}

fn parsed(path: &Path) -> Result<Value> {
    serde_json::from_str(&read_text(path)?).with_context(|| format!("{} is no JSON", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bin_is_read_as_reports_have_it() {
        let bin = json!({ "from": 0.75, "count": 90, "confidence": 0.9, "accuracy": 1.0 });
        assert_eq!(reliability(&bin), Some(Reliability { from: 0.75, count: 90, accuracy: 1.0 }));
        assert_eq!(reliability(&json!({ "from": 0.75 })), None);
    }

    #[test]
    fn of_every_network_shown_all_is_known() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (model, name) in SHOWN {
            let facts = of_weights(&root, model, name).unwrap_or_else(|error| panic!("{error:#}"));
            assert!(facts.parameters.is_some() && facts.accuracy.is_some(), "{name}: {facts:?}");
            assert!(facts.data.is_some() && facts.provenance.is_some(), "{name}: {facts:?}");
            assert!(facts.sure_from.is_some_and(|from| (0.3..1.0).contains(&from)), "{name}: {facts:?}");
        }
    }
}
