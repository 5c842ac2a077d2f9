//! What can be seen in a trained model, as a report shows it.

use serde::{Deserialize, Serialize};

/// What a report shows of a model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inspection {
    /// The recipe's name.
    pub model: String,
    /// Test images; `None` for tables, and where the data cannot be had.
    pub images: Option<Gallery>,
    /// Why the data cannot be had, or why there is nothing to show of a table's model.
    pub reason: Option<String>,
    /// Whether the data cannot be had: then test images may be missing here that there would be elsewhere.
    #[serde(default)]
    pub is_without_data: bool,
    /// Pictures of the first layer's weights; none for tables.
    pub first_layer: Vec<LayerPicture>,
    /// Of a linear model of a table with one output, for the positive class or the number predicted; none for others.
    pub coefficients: Vec<Coefficient>,
    /// Of a linear model of a table with an output per class; none for others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub class_coefficients: Vec<ClassCoefficients>,
}

/// Test images with what the model made of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gallery {
    /// Evenly spread over the test split.
    pub grid: Vec<Seen>,
    /// The errors made with the highest probability.
    pub errors: Vec<Seen>,
    /// How many test images are errors in all.
    pub wrong: usize,
}

/// An image and what the model made of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// In the test split.
    pub index: usize,
    /// The file of a user's own data that it was read from, below the data folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// PNG, as base64.
    pub png: String,
    /// The true class.
    pub label: String,
    /// The predicted class.
    pub predicted: String,
    /// Of the predicted class.
    pub probability: f64,
}

/// A picture of weights.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LayerPicture {
    /// The class or the number of its unit.
    pub name: String,
    /// PNG, as base64.
    pub png: String,
}

/// The weight of a table's column.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Coefficient {
    /// The column's name.
    pub column: String,
    /// The weight.
    pub weight: f64,
}

/// The weights of a table's columns for one class.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClassCoefficients {
    /// The class.
    pub class: String,
    /// One per column.
    pub coefficients: Vec<Coefficient>,
}
