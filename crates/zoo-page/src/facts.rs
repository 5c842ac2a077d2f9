//! `zoo.json`: what the page says of its networks, and where the lessons are.

use serde_json::{Map, Value, json};

/// Its name beside the page.
pub const FACTS_FILE: &str = "zoo.json";

/// What the page calls a network of one's own.
const OWN: &str = "own";
/// The weights of a network of one's own, beside the page, which makes the file's name of the network's.
pub const OWN_WEIGHTS_FILE: &str = "own.safetensors";

/// An answer is sure from where on so many of the test images were answered rightly.
const SURE: f64 = 0.9;

/// What the page says of a network, as it was recorded; what was not is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkFacts {
    /// Trainable ones.
    pub parameters: Option<u64>,
    /// On the test images.
    pub accuracy: Option<f64>,
    /// The data set's name.
    pub data: Option<String>,
    /// Whether its files were the published ones.
    pub provenance: Option<String>,
    /// The probability from which on an answer is sure: see [`sure_from`].
    pub sure_from: Option<f64>,
}

/// How often answers to test images were right whose probability lay between two bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliability {
    /// The lower bound; the upper one is the next one's.
    pub from: f64,
    /// How many there were.
    pub count: u64,
    /// The fraction that was right.
    pub accuracy: f64,
}

/// The probability from which on answers of every probability were right often enough, nine of ten times; 1 if there is none.
pub fn sure_from(bins: &[Reliability]) -> f64 {
    let is_sure = |bin: &&Reliability| bin.count == 0 || bin.accuracy >= SURE;
    bins.iter().rev().take_while(is_sure).last().map_or(1.0, |bin| bin.from)
}

impl NetworkFacts {
    fn to_json(&self) -> Value {
        let Self { parameters, accuracy, data, provenance, sure_from } = self;
        json!({
            "parameters": parameters, "accuracy": accuracy, "data": data, "provenance": provenance, "sureFrom": sure_from,
        })
    }
}

/// The text of `zoo.json`: networks by the names of their weights, and where the lessons are.
pub fn zoo_json(lessons: &str, networks: &[(&str, NetworkFacts)]) -> String {
    let weights = networks.iter().map(|(name, facts)| (name.to_string(), facts.to_json()));
    let weights: Map<String, Value> = weights.collect();
    json!({ "lessons": lessons, "weights": weights }).to_string()
}

/// The text of a `zoo.json` with a network of one's own in it, which the page offers first by this name; `None` if that is no text of
/// one.
pub fn with_own(zoo_json: &str, name: &str, facts: &NetworkFacts) -> Option<String> {
    let mut all: Value = serde_json::from_str(zoo_json).ok()?;
    all.get_mut("weights")?.as_object_mut()?.insert(OWN.to_string(), facts.to_json());
    all.as_object_mut()?.insert("own".to_string(), json!({ "name": name, "network": OWN }));
    Some(all.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_sure_from_where_all_surer_ones_are() {
        let bin = |from: f64, count: u64, accuracy: f64| Reliability { from, count, accuracy };
        let bins = [bin(0.0, 5, 1.0), bin(0.25, 9, 0.6), bin(0.5, 0, 0.0), bin(0.75, 90, 0.95)];
        assert_eq!(sure_from(&bins), 0.5);
        assert_eq!(sure_from(&bins[..2]), 1.0);
        assert_eq!(sure_from(&[]), 1.0);
    }

    #[test]
    fn a_network_of_ones_own_stands_beside_the_others() {
        let facts = NetworkFacts { parameters: Some(17), accuracy: Some(0.5), ..NetworkFacts::default() };
        let others = zoo_json("../report/", &[("mlp_emnist", facts.clone())]);
        let text = with_own(&others, "my run", &facts).unwrap_or_default();
        let found: Value = serde_json::from_str(&text).unwrap_or_default();
        let of_both = &found["weights"];
        assert_eq!(of_both["own"]["parameters"], 17);
        assert_eq!((&of_both["own"], &of_both["own"]["data"]), (&of_both["mlp_emnist"], &Value::Null));
        assert_eq!(found["own"], json!({ "name": "my run", "network": "own" }));
        assert_eq!(found["lessons"], "../report/");
        assert_eq!(OWN_WEIGHTS_FILE, format!("{OWN}.safetensors"));
        for text in ["", "[]", "{}", r#"{"weights": 1}"#] {
            assert_eq!(with_own(text, "my run", &facts), None, "{text}");
        }
    }
}
