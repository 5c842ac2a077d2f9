//! What can be seen in a trained model, as a report shows it.

use serde::{Deserialize, Serialize};

/// What a report shows of a model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inspection {
    /// The recipe's name.
    pub model: String,
    /// Test images; `None` for tables, and where the data cannot be had.
    pub images: Option<Gallery>,
    /// Why the data cannot be had.
    pub reason: Option<String>,
    /// Pictures of the first layer's weights; none for tables.
    pub first_layer: Vec<LayerPicture>,
    /// Of a linear model of a table; none for others.
    pub coefficients: Vec<Coefficient>,
}

/// Test images with what the model made of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gallery {
    /// Evenly spread over the test split.
    pub grid: Vec<Seen>,
    /// The errors made with the highest probability.
    pub errors: Vec<Seen>,
}

/// An image and what the model made of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// In the test split.
    pub index: usize,
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
