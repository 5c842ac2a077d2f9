//! The optional section of a recipe for fine-tuning: what training starts from besides the seed, and what of it may change.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use zoo_core::{Explain, range};

/// What training starts from besides the seed, and which layers it changes, and how fast. A recipe without the section starts from
/// the seed alone and trains every layer alike.
///
/// A layer goes by its name in the model, `conv1` or `hidden.0.linear`; `hidden.0` is all that is in it, `hidden` all hidden layers,
/// `conv1.bias` one parameter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Init {
    /// The weights to start from: the name of weights that ship with the zoo, a run folder or a weights file. Layers of the same name
    /// and shapes are taken; all others start from the seed, and so does the output layer where the classes are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// The sha256 of that weights file, in lower-case hexadecimal: another file is refused. A run writes it into its own recipe.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "sha256")]
    pub sha256: Option<String>,
    /// Layers that stay as they are: no step, no decay, and batch normalization by its running statistics, which stay, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freeze: Vec<String>,
    /// What the learning rate of a layer is multiplied by, above 0: `conv1 = 0.1`. Of several names that fit, the longest counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rates: BTreeMap<String, RateFactor>,
}

/// What a learning rate is multiplied by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
pub struct RateFactor(#[serde(deserialize_with = "range::positive")] pub f64);

/// Whether a parameter is the one of that name, or in the layer of that name.
///
/// ```
/// use zoo_recipe::is_in_layer;
///
/// assert!(is_in_layer("hidden.0.linear.weight", "hidden.0"));
/// assert!(!is_in_layer("hidden.0.linear.weight", "hid"));
/// ```
pub fn is_in_layer(parameter: &str, layer: &str) -> bool {
    parameter.strip_prefix(layer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn sha256<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    match text.len() == 64 && text.bytes().all(is_digit) {
        true => Ok(Some(text)),
        false => Err(serde::de::Error::invalid_value(
            serde::de::Unexpected::Str(&text),
            &"a sha256: 64 lower-case hexadecimal digits",
        )),
    }
}
